//! The order within layers: few crossings, by barycentres.

use super::{Graph, SWEEPS};
use std::collections::HashMap;

impl Graph {
    /// Orders each layer by the mean place of its neighbours, down and up, and keeps the order with the fewest crossings.
    pub(super) fn order(&mut self) {
        let mut best = (self.crossings(), self.layers.clone());
        for sweep in 0..SWEEPS {
            let down = sweep % 2 == 0;
            let count = self.layers.len();
            for step in 1..count {
                let (layer, fixed) =
                    if down { (step, step - 1) } else { (count - 1 - step, count - step) };
                let place: HashMap<usize, usize> = self.layers[fixed]
                    .iter()
                    .enumerate()
                    .map(|(place, &item)| (item, place))
                    .collect();
                let mut keyed: Vec<(usize, usize)> = Vec::new();
                for (own, &item) in self.layers[layer].iter().enumerate() {
                    let item_ref = &self.items[item];
                    let neighbours = if down { &item_ref.above } else { &item_ref.below };
                    let sum: usize = neighbours.iter().map(|other| place[&other.item] * 1000).sum();
                    let key = sum.checked_div(neighbours.len()).unwrap_or(own * 1000);
                    keyed.push((key, item));
                }
                keyed.sort_by_key(|&(key, _)| key);
                self.layers[layer] = keyed.into_iter().map(|(_, item)| item).collect();
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    fn crossings(&self) -> usize {
        let mut place = vec![0; self.items.len()];
        for layer in &self.layers {
            for (at, &item) in layer.iter().enumerate() {
                place[item] = at;
            }
        }
        let mut crossings = 0;
        for layer in &self.layers {
            let mut ways: Vec<(usize, usize)> = Vec::new();
            for &item in layer {
                ways.extend(
                    self.items[item].below.iter().map(|lower| (place[item], place[lower.item])),
                );
            }
            for (index, one) in ways.iter().enumerate() {
                let cross = |other: &&(usize, usize)| {
                    (one.0 < other.0 && one.1 > other.1) || (one.0 > other.0 && one.1 < other.1)
                };
                crossings += ways[..index].iter().filter(cross).count();
            }
        }
        crossings
    }
}
