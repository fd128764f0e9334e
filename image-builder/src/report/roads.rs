//! Two roads to the same bytes, side by side: where a program was made again by way of another program.
//!
//! A road is one way back from a file: from what a run wrote to what it is mostly made of. That is the run's program, or
//! something that it read and another program had made from more of the image's files (an assembler's input, say). Texts
//! that were only unpacked or patched are no steps of it. A compiler that compiles itself again and again stays on its
//! road: a second road has a program that is not one of the first built again, which is to say that most of the texts it was
//! made of are others.

use super::html::{count, hash, number, short, shown};
use super::page::maker_anchor;
use super::products::{Maker, Products, Source};
use firmseed_formats::ledger::format::Class;
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A program that was made on two roads.
pub struct Meeting {
    /// The steps of the first road, the meeting point last.
    first: Vec<usize>,
    /// The second road's steps that are not of the first one, the meeting point last.
    second: Vec<usize>,
    /// The last step of the second road's that is the first's as well.
    parting: Option<usize>,
    /// Files of the image that only the second road needed.
    further: usize,
    /// Other files that were made on both.
    also: Vec<usize>,
}

impl Meeting {
    /// The file as the first road made it.
    fn first_end(&self) -> usize {
        self.first[self.first.len() - 1]
    }

    /// The file as the second road made it.
    fn second_end(&self) -> usize {
        self.second[self.second.len() - 1]
    }

    /// The last program of the second road.
    fn maker(&self) -> Option<usize> {
        self.second.len().checked_sub(2).map(|place| self.second[place])
    }

    fn is_program(&self, products: &Products<'_>) -> bool {
        products.all[self.first_end()].executions > 0
    }
}

/// All meeting points of a run; those that follow from one are listed with it.
pub fn meetings(products: &Products<'_>) -> Vec<Meeting> {
    let roads = Roads::new(products);
    let mut meetings: Vec<Meeting> = Vec::new();
    for (place, product) in products.all.iter().enumerate() {
        let Some(twin) = product.twin else { continue };
        let earlier = &products.all[twin];
        let matters = earlier.executions > 0 || !earlier.expected.is_empty();
        let by_kernel = matches!(earlier.maker, Maker::Kernel(_));
        if !matters || by_kernel || roads.same_program(place, twin) {
            continue;
        }
        let (first, second) = (roads.back_from(twin), roads.back_from(place));
        let on_first: HashSet<usize> = first.iter().copied().collect();
        let on_second: HashSet<usize> = second.iter().copied().collect();
        let parting = second[..second.len() - 1].iter().rposition(|step| on_first.contains(step));
        let own = &second[parting.map_or(0, |step| step + 1)..];
        if !own.iter().any(|&step| roads.is_another(step, &first)) {
            continue;
        }
        let further = roads.needs[place].difference(&roads.needs[twin]).count();
        let found = Meeting {
            parting: parting.map(|step| second[step]),
            second: own.to_vec(),
            first,
            further,
            also: Vec::new(),
        };
        // What one program of the second road makes, or what that makes in its turn, is one meeting; a program is what it shows.
        let known = meetings
            .iter_mut()
            .find(|known| known.maker().is_some_and(|maker| on_second.contains(&maker)));
        match known {
            None => meetings.push(found),
            Some(known) if earlier.executions > 0 && !known.is_program(products) => {
                let also = std::mem::take(&mut known.also);
                let before = std::mem::replace(known, found);
                known.also = also;
                known.also.push(before.second_end());
            }
            Some(known) => known.also.push(place),
        }
    }
    meetings
}

struct Roads<'p, 'a> {
    products: &'p Products<'a>,
    /// For each product the files of the image that it was made with, over all runs behind it.
    needs: Vec<BTreeSet<usize>>,
    /// How many products each run made.
    made: HashMap<usize, usize>,
}

impl<'p, 'a> Roads<'p, 'a> {
    fn new(products: &'p Products<'a>) -> Self {
        let mut made = HashMap::new();
        for product in &products.all {
            if let Maker::Run(run) = product.maker {
                *made.entry(run).or_insert(0) += 1;
            }
        }
        let mut needs: Vec<BTreeSet<usize>> = Vec::with_capacity(products.all.len());
        for place in 0..products.all.len() {
            let mut set = BTreeSet::new();
            for source in sources(products, place) {
                match source {
                    Source::Image(file) => {
                        set.insert(file);
                    }
                    // A run may read on after it wrote: only what was there before went in.
                    Source::Product(other) if other < place => set.extend(&needs[other]),
                    _ => {}
                }
            }
            needs.push(set);
        }
        Roads { products, needs, made }
    }

    fn same_program(&self, one: usize, other: usize) -> bool {
        let content = |place: usize| {
            let program = self.products.program_of(place)?;
            self.products.content(program)
        };
        content(one) == content(other)
    }

    /// Did `step` run, and is it none of the programs of `road` built again?
    fn is_another(&self, step: usize, road: &[usize]) -> bool {
        let executed = |step: usize| self.products.all[step].executions > 0;
        let own = self.made_of(step);
        let built_again = |&other: &usize| {
            let others = self.made_of(other);
            own.iter().filter(|source| others.contains(source)).count() * 2 >= own.len()
        };
        executed(step) && !road.iter().filter(|&&other| executed(other)).any(built_again)
    }

    /// What a product was compiled from: files of the image and unpacked texts that its run read, and those behind what
    /// was compiled on the way.
    fn made_of(&self, product: usize) -> BTreeSet<Source> {
        let mut made_of = BTreeSet::new();
        let mut open = vec![product];
        while let Some(product) = open.pop() {
            let Maker::Run(run) = self.products.all[product].maker else {
                continue;
            };
            for &source in &self.products.reads[run] {
                match source {
                    Source::Product(read) if !self.is_unpacked(read) => {
                        // Earlier ones only, so that this ends.
                        if read < product {
                            open.push(read);
                        }
                    }
                    Source::Unknown => {}
                    _ => {
                        made_of.insert(source);
                    }
                }
            }
        }
        made_of
    }

    /// The road to a product, from its beginning.
    fn back_from(&self, product: usize) -> Vec<usize> {
        let mut road = vec![product];
        let mut next = self.before(product);
        while let Some(step) = next {
            let one = &self.products.all[step];
            // Objects and archives on the way say nothing that their programs do not.
            if one.executions > 0 || one.content.class == Class::Text {
                road.push(step);
            }
            next = self.before(step);
        }
        road.reverse();
        road
    }

    fn before(&self, product: usize) -> Option<usize> {
        let Maker::Run(run) = self.products.all[product].maker else {
            return None;
        };
        let program = match self.products.programs[run] {
            Source::Product(program) => Some(program),
            _ => None,
        };
        let read = self.products.reads[run].iter().filter_map(|source| match source {
            Source::Product(read) if !self.is_unpacked(*read) => Some(*read),
            _ => None,
        });
        program
            .into_iter()
            .chain(read)
            .filter(|&step| step < product)
            .max_by_key(|&step| (self.needs[step].len(), Some(step) == program))
    }

    /// Was it only taken out of an archive, or changed in its place?
    fn is_unpacked(&self, product: usize) -> bool {
        let product = &self.products.all[product];
        let Maker::Run(run) = product.maker else {
            return false;
        };
        let entries = &self.products.lineage.runs()[run].entries;
        let mut read = entries.iter().flat_map(|entry| &entry.reads);
        product.content.class == Class::Text
            && (self.made[&run] > 1 || read.any(|file| file.path == product.names[0]))
    }
}

fn sources(products: &Products<'_>, product: usize) -> Vec<Source> {
    match products.all[product].maker {
        Maker::Kernel(seed) => {
            let text = &products.lineage.ledger.seeds[seed].text.path;
            products.contents.at(text).map(Source::Image).into_iter().collect()
        }
        Maker::Run(run) => {
            let mut all = products.reads[run].clone();
            all.push(products.programs[run]);
            all
        }
    }
}

/// The meetings of a run, each with both of its roads.
pub fn draw(products: &Products<'_>, meetings: &[Meeting]) -> Markup {
    html! {
        @for meeting in meetings {
            @let end = &products.all[meeting.first_end()];
            @let known = products.all.iter().rfind(|product| product.content == end.content && product.executions > 0).unwrap_or(end);
            div.roads {
                h3 { "To " (shown(known.names[0])) }
                h3 { "To the same, with " (count(meeting.further, "file")) " of the image that the first road does without" }
                ol { @for &step in &meeting.first { li { (draw_step(products, step)) } } }
                ol {
                    @if let Some(parting) = meeting.parting {
                        li.parting { "from " a href={ "#" (maker_anchor(products.all[parting].maker)) } { (shown(products.all[parting].names[0])) } " of the first road" }
                    }
                    @for &step in &meeting.second { li { (draw_step(products, step)) } }
                }
                p.meeting {
                    "\u{2261} the same " (number(end.content.size)) " bytes, SHA-256 " code { (hash(&end.content.sha256)) }
                    @if !meeting.also.is_empty() {
                        "; and so are " (count(meeting.also.len(), "other file")) ": "
                        @for (place, &other) in meeting.also.iter().enumerate() {
                            @if place > 0 { ", " }
                            a href={ "#" (maker_anchor(products.all[other].maker)) } { (shown(products.all[other].names[0])) }
                        }
                    }
                }
            }
        }
        p.small { "Each box was made by the program in it, mostly from the box above: its program, or what it read. All that went in is in the entry behind it." }
    }
}

fn draw_step(products: &Products<'_>, step: usize) -> Markup {
    let product = &products.all[step];
    let maker = products.program_name(products.program_of(step));
    html! {
        a href={ "#" (maker_anchor(product.maker)) } { (shown(product.names[0])) }
        " " span.small { (number(product.content.size)) " \u{b7} " (short(&product.content.sha256)) " \u{b7} by " (maker) }
    }
}
