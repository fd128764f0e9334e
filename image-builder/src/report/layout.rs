//! A layered layout: boxes in rows, every link downwards, few crossings, short ways. Whole pixels, no randomness.
//!
//! The steps are Sugiyama's: layers by the longest path, a bend for each layer that a link passes, order within layers
//! by barycentres, places by the mean of the neighbours. Links of one kind that leave at one point share their bends.

mod order;

use std::collections::HashMap;

/// Room between neighbours in a layer.
const SIDE_GAP: i32 = 22;
/// Room between layers, for the links.
const LAYER_GAP: i32 = 26;
/// Half the width that a bend takes.
const BEND: i32 = 2;
/// How often layers are looked at again, down and up.
const SWEEPS: usize = 24;

/// What a box takes: to the left and right of its anchor, and downwards.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Left of the anchor.
    pub left: i32,
    /// Right of the anchor.
    pub right: i32,
    /// Downwards.
    pub height: i32,
    /// How far from the anchor a link may land as well as on it.
    pub slack: i32,
}

/// A link from a box to one with a higher number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The upper box.
    pub from: usize,
    /// The lower box.
    pub to: usize,
    /// Where it leaves, relative to the upper box's anchor.
    pub leaves: i32,
    /// Links of one source and kind run together. Lower kinds pull boxes more strongly.
    pub kind: usize,
}

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Anchor and top of each box.
    pub boxes: Vec<(i32, i32)>,
    /// For each link the points where it leaves a layer or enters the next one: pairs, joined by curves.
    pub ways: Vec<Vec<(i32, i32)>>,
    /// Of everything.
    pub width: i32,
    /// Of everything.
    pub height: i32,
}

/// A box or a bend in a layer.
struct Item {
    extent: Extent,
    layer: usize,
    above: Vec<Neighbour>,
    below: Vec<Neighbour>,
    x: i32,
}

/// What a link does at one of its ends.
#[derive(Clone, Copy)]
struct Neighbour {
    item: usize,
    /// The link is straight where this is the distance to the neighbour, more or less by the slack.
    offset: i32,
    slack: i32,
    weight: i32,
}

struct Graph {
    items: Vec<Item>,
    layers: Vec<Vec<usize>>,
    /// For each link the items that it passes.
    passes: Vec<Vec<usize>>,
}

/// Places `extents`, whose links all lead from lower to higher numbers.
pub fn place(extents: &[Extent], links: &[Link]) -> Layout {
    let mut graph = Graph::new(extents, links);
    graph.order();
    graph.spread_out();
    graph.straighten();
    graph.finish(extents, links)
}

impl Graph {
    fn new(extents: &[Extent], links: &[Link]) -> Self {
        let mut layer_of = vec![0; extents.len()];
        for (to, ends) in ends_in(extents.len(), links).iter().enumerate() {
            let above = ends.iter().map(|&link| links[link].from);
            let above = above.filter(|&from| from < to);
            layer_of[to] = above.map(|from| layer_of[from] + 1).max().unwrap_or(0);
        }
        let item = |extent: &Extent, layer: usize| Item {
            extent: *extent,
            layer,
            above: Vec::new(),
            below: Vec::new(),
            x: 0,
        };
        let boxes = extents.iter().zip(&layer_of);
        let mut graph = Graph {
            items: boxes.map(|(extent, &layer)| item(extent, layer)).collect(),
            layers: vec![Vec::new(); layer_of.iter().max().map_or(0, |&last| last + 1)],
            passes: Vec::new(),
        };
        let mut bends = HashMap::new();
        for link in links {
            let mut passed = vec![link.from];
            for layer in layer_of[link.from] + 1..layer_of[link.to] {
                let bend =
                    *bends.entry((link.from, link.leaves, link.kind, layer)).or_insert_with(|| {
                        let extent = Extent { left: BEND, right: BEND, height: 0, slack: 0 };
                        graph.items.push(item(&extent, layer));
                        graph.items.len() - 1
                    });
                passed.push(bend);
            }
            passed.push(link.to);
            for (step, pair) in passed.windows(2).enumerate() {
                let leaves = if step == 0 { link.leaves } else { 0 };
                graph.join(pair[0], pair[1], leaves, extents.len(), link.kind);
            }
            graph.passes.push(passed);
        }
        for (place, item) in graph.items.iter().enumerate() {
            graph.layers[item.layer].push(place);
        }
        graph
    }

    fn join(&mut self, upper: usize, lower: usize, leaves: i32, boxes: usize, kind: usize) {
        if self.items[upper].below.iter().any(|known| known.item == lower) {
            return;
        }
        // Long ways shall be straight above all; links of higher kinds pull little.
        let weight = match (upper >= boxes, lower >= boxes) {
            (true, true) => 8,
            _ if kind == 0 => 4,
            _ => 1,
        };
        let slack = self.items[lower].extent.slack;
        self.items[upper].below.push(Neighbour { item: lower, offset: -leaves, slack, weight });
        self.items[lower].above.push(Neighbour { item: upper, offset: leaves, slack, weight });
    }

    /// Moves items towards the mean of their neighbours, again and again.
    fn spread_out(&mut self) {
        for sweep in 0..SWEEPS {
            let down = sweep % 2 == 0;
            for step in 0..self.layers.len() {
                let layer = if down { step } else { self.layers.len() - 1 - step };
                let wanted: Vec<i32> =
                    self.layers[layer].iter().map(|&item| self.wanted(item, down)).collect();
                let extents: Vec<Extent> =
                    self.layers[layer].iter().map(|&item| self.items[item].extent).collect();
                for (&item, x) in self.layers[layer].iter().zip(apart(&wanted, &extents, SIDE_GAP))
                {
                    self.items[item].x = x;
                }
            }
        }
    }

    fn wanted(&self, item: usize, down: bool) -> i32 {
        let item = &self.items[item];
        let neighbours = if down { &item.above } else { &item.below };
        let weight: i32 = neighbours.iter().map(|neighbour| neighbour.weight).sum();
        let pull = |neighbour: &Neighbour| {
            let straight = self.items[neighbour.item].x + neighbour.offset;
            item.x.clamp(straight - neighbour.slack, straight + neighbour.slack) * neighbour.weight
        };
        let sum: i32 = neighbours.iter().map(pull).sum();
        sum.checked_div(weight).unwrap_or(item.x)
    }

    /// Makes each long way one upright line, where there is room beside everything that it passes.
    fn straighten(&mut self) {
        let mut ways: Vec<Vec<usize>> =
            self.passes.iter().map(|passed| passed[1..passed.len() - 1].to_vec()).collect();
        ways.sort_by_key(|bends| std::cmp::Reverse(bends.len()));
        for bends in ways {
            let mut places: Vec<i32> = bends.iter().map(|&bend| self.items[bend].x).collect();
            places.sort_unstable();
            let room = |x: &&i32| bends.iter().all(|&bend| self.is_free(bend, **x));
            if let Some(&x) = [places.first(), places.last()].into_iter().flatten().find(room) {
                bends.iter().for_each(|&bend| self.items[bend].x = x);
            }
        }
    }

    /// Could this item stand at `x` between its neighbours in the layer?
    fn is_free(&self, item: usize, x: i32) -> bool {
        let layer = &self.layers[self.items[item].layer];
        let place = layer.iter().position(|&other| other == item).unwrap_or(0);
        let extent = self.items[item].extent;
        let left = place.checked_sub(1).map(|left| &self.items[layer[left]]);
        let right = layer.get(place + 1).map(|&right| &self.items[right]);
        left.is_none_or(|left| left.x + left.extent.right + SIDE_GAP <= x - extent.left)
            && right.is_none_or(|right| x + extent.right + SIDE_GAP <= right.x - right.extent.left)
    }

    fn finish(self, extents: &[Extent], links: &[Link]) -> Layout {
        let mut tops = Vec::new();
        let mut heights = Vec::new();
        let mut height = 0;
        for layer in &self.layers {
            let tallest =
                layer.iter().map(|&item| self.items[item].extent.height).max().unwrap_or(0);
            tops.push(height);
            heights.push(tallest);
            height += tallest + LAYER_GAP;
        }
        let left = self.items.iter().map(|item| item.x - item.extent.left).min().unwrap_or(0);
        let right = self.items.iter().map(|item| item.x + item.extent.right).max().unwrap_or(0);
        let at = |item: usize| (self.items[item].x - left, tops[self.items[item].layer]);
        let way = |(link, passed): (&Link, &Vec<usize>)| {
            let (x, top) = at(link.from);
            let mut way = vec![(x + link.leaves, top + extents[link.from].height)];
            // A box that is lower than its layer: straight down first.
            let bottom = top + heights[self.items[link.from].layer];
            if way[0].1 < bottom {
                way.extend([(x + link.leaves, bottom), (x + link.leaves, bottom)]);
            }
            for &bend in &passed[1..passed.len() - 1] {
                let (x, top) = at(bend);
                let bottom = top + heights[self.items[bend].layer];
                way.extend([(x, top), (x, top), (x, bottom), (x, bottom)]);
            }
            way.push(at(link.to));
            way
        };
        let mut ways: Vec<_> = links.iter().zip(&self.passes).map(way).collect();
        self.land(extents, links, &mut ways, left);
        Layout {
            boxes: (0..extents.len()).map(at).collect(),
            ways,
            width: right - left,
            height: height - LAYER_GAP,
        }
    }

    /// Lets the links into one box end side by side, each below where it comes from if the box is there.
    fn land(&self, extents: &[Extent], links: &[Link], ways: &mut [Vec<(i32, i32)>], left: i32) {
        const ROOM: i32 = 7;
        let all_ends = ends_in(extents.len(), links);
        for ((to, extent), mut ends) in extents.iter().enumerate().zip(all_ends) {
            let anchor = self.items[to].x - left;
            // What stands left of the box proper is not for links: the box is symmetric around its anchor.
            let half = extent.right - 2 * ROOM;
            let from = |way: &Vec<(i32, i32)>| way[way.len() - 2].0;
            ends.sort_by_key(|&link| (from(&ways[link]), link));
            let wanted: Vec<i32> = ends
                .iter()
                .map(|&link| from(&ways[link]).clamp(anchor - half, anchor + half))
                .collect();
            let width = Extent { left: ROOM, right: ROOM, height: 0, slack: 0 };
            for (&link, x) in ends.iter().zip(apart(&wanted, &vec![width; ends.len()], 0)) {
                if let Some(end) = ways[link].last_mut() {
                    end.0 = x;
                }
            }
        }
    }
}

/// For each box the links that end in it.
fn ends_in(boxes: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut ends = vec![Vec::new(); boxes];
    for (number, link) in links.iter().enumerate() {
        ends[link.to].push(number);
    }
    ends
}

/// Places as near as possible to those wanted, in this order, without overlap: the mean of pushing right and pushing left.
fn apart(wanted: &[i32], extents: &[Extent], gap: i32) -> Vec<i32> {
    let room = |left: usize| extents[left].right + gap + extents[left + 1].left;
    let mut pushed_right = wanted.to_vec();
    for place in 1..wanted.len() {
        pushed_right[place] = pushed_right[place].max(pushed_right[place - 1] + room(place - 1));
    }
    let mut pushed_left = wanted.to_vec();
    for place in (0..wanted.len().saturating_sub(1)).rev() {
        pushed_left[place] = pushed_left[place].min(pushed_left[place + 1] - room(place));
    }
    pushed_right
        .iter()
        .zip(&pushed_left)
        .map(|(right, left)| (right + left).div_euclid(2))
        .collect()
}
