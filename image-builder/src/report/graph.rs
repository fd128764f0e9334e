//! The graph as SVG: a card for each product, a sheet for the texts that went in, lines for who made what.

use super::clusters::{Cluster, Clusters, Dependency};
use super::code_lines::code_lines;
use super::contents::total;
use super::html::{count, hash, number, short, shown};
use super::layout::{self, Extent, Link};
use super::page::{area_anchor, cluster_anchor, maker_anchor, text_anchor};
use super::products::Products;
use maud::{Markup, html};

const CARD: (i32, i32) = (132, 38);
/// What a card with a third line is higher.
const LINE: i32 = 12;
const CARD_GAP: i32 = 6;
/// Cards in a row of a cluster.
const COLUMNS: usize = 5;
/// Around the cards of a cluster that has more than one.
const FRAME: i32 = 7;
const SHEET: (i32, i32) = (122, 32);
const SHEET_GAP: i32 = 18;
const MARGIN: i32 = 3;

/// A cluster's picture: its size, without the sheet.
struct Picture {
    cards: usize,
    width: i32,
    height: i32,
    frame: i32,
    card_height: i32,
}

impl Picture {
    fn of(products: &Products<'_>, cluster: &Cluster) -> Self {
        let cards = cluster.cards.len() + usize::from(!cluster.folded.is_empty());
        let frame = if cards > 1 { FRAME } else { 0 };
        let columns = cards.min(COLUMNS) as i32;
        let rows = cards.div_ceil(COLUMNS) as i32;
        let has_twin = |&card: &usize| products.all[card].twin.is_some();
        let card_height = CARD.1 + if cluster.cards.iter().any(has_twin) { LINE } else { 0 };
        Picture {
            cards,
            width: columns * (CARD.0 + CARD_GAP) - CARD_GAP + 2 * frame,
            height: rows * (card_height + CARD_GAP) - CARD_GAP + 2 * frame,
            frame,
            card_height,
        }
    }

    /// Left and top of a card, from the picture's own left and top.
    fn card(&self, place: usize) -> (i32, i32) {
        let (column, row) = ((place % COLUMNS) as i32, (place / COLUMNS) as i32);
        // The last row stands in the middle.
        let in_row = (self.cards - row as usize * COLUMNS).min(COLUMNS) as i32;
        let used = in_row * (CARD.0 + CARD_GAP) - CARD_GAP;
        let left = (self.width - used) / 2;
        (left + column * (CARD.0 + CARD_GAP), self.frame + row * (self.card_height + CARD_GAP))
    }
}

/// Draws all clusters.
pub fn draw(products: &Products<'_>, clusters: &Clusters) -> Markup {
    let pictures: Vec<Picture> =
        clusters.all.iter().map(|cluster| Picture::of(products, cluster)).collect();
    let extents: Vec<Extent> = clusters.all.iter().zip(&pictures).map(extent).collect();
    let mut links = Vec::new();
    let mut classes = Vec::new();
    for to in 0..clusters.all.len() {
        for (from, dependency) in clusters.dependencies(products, to) {
            let (kind, leaves) = match dependency {
                Dependency::MadeBy(program) => {
                    let cards = &clusters.all[from].cards;
                    let place = cards.iter().position(|&card| card == program);
                    let (left, _) = pictures[from].card(place.unwrap_or(cards.len()));
                    (0, left + CARD.0 / 2 - pictures[from].width / 2)
                }
                Dependency::Read => (1, 0),
            };
            // What is read may have been made by a cluster that began later: the line then leads upwards.
            let upwards = from > to;
            let (upper, lower) = if upwards { (to, from) } else { (from, to) };
            links.push(Link {
                from: upper,
                to: lower,
                leaves: if upwards { 0 } else { leaves },
                kind,
            });
            classes.push(match (kind, upwards) {
                (0, _) => "made",
                (_, false) => "read",
                (_, true) => "read up",
            });
        }
    }
    let layout = layout::place(&extents, &links);
    let (width, height) = (layout.width + 2 * MARGIN, layout.height + 2 * MARGIN);
    html! {
        svg.graph viewBox=(format!("{} {} {width} {height}", -MARGIN, -MARGIN)) width=(width) height=(height) role="group"
            aria-label="The graph: what was made, by which programs, from which texts" xmlns="http://www.w3.org/2000/svg" {
            defs {
                @for kind in ["made", "read"] {
                    marker id={ "arrow-" (kind) } .(kind) viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse" {
                        path d="M0 0.5 8 4 0 7.5z" {}
                    }
                }
            }
            @for (way, class) in layout.ways.iter().zip(&classes) {
                path.link.(class.split(' ').next().unwrap_or_default()) d=(curve(way))
                    marker-end=[(*class != "read up").then(|| format!("url(#arrow-{class})"))]
                    marker-start=[(*class == "read up").then_some("url(#arrow-read)")] {}
            }
            @for (place, cluster) in clusters.all.iter().enumerate() {
                (draw_cluster(products, place, cluster, &pictures[place], layout.boxes[place]))
            }
        }
    }
}

fn extent((cluster, picture): (&Cluster, &Picture)) -> Extent {
    let sheet =
        if cluster.texts.is_empty() && cluster.data.is_empty() { 0 } else { SHEET.0 + SHEET_GAP };
    Extent {
        left: picture.width / 2 + sheet,
        right: picture.width / 2,
        height: picture.height,
        slack: (picture.width - CARD.0) / 5,
    }
}

/// A line through the points: straight where two are above each other, else a curve that begins and ends upright.
fn curve(way: &[(i32, i32)]) -> String {
    let mut path = format!("M{} {}", way[0].0, way[0].1);
    for pair in way.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        match (x == to_x, y == to_y) {
            (true, true) => {}
            (true, false) => path += &format!("V{to_y}"),
            _ => {
                let middle = (y + to_y) / 2;
                path += &format!("C{x} {middle} {to_x} {middle} {to_x} {to_y}");
            }
        }
    }
    path
}

fn draw_cluster(
    products: &Products<'_>,
    place: usize,
    cluster: &Cluster,
    picture: &Picture,
    (x, y): (i32, i32),
) -> Markup {
    let left = x - picture.width / 2;
    let middle = y + picture.height / 2;
    let cards = cluster.cards.iter().enumerate();
    html! {
        @if picture.frame > 0 {
            rect.frame x=(left) y=(y) width=(picture.width) height=(picture.height) rx="6" {}
        }
        @if !cluster.texts.is_empty() || !cluster.data.is_empty() {
            (draw_sheet(products, cluster, left - SHEET_GAP - SHEET.0, middle - SHEET.1 / 2))
            path.link.text d=(format!("M{} {middle}H{left}", left - SHEET_GAP)) {}
        }
        @for (index, &product) in cards {
            @let (card_x, card_y) = picture.card(index);
            (draw_card(products, product, picture, left + card_x, y + card_y))
        }
        @if !cluster.folded.is_empty() {
            @let (card_x, card_y) = picture.card(cluster.cards.len());
            (draw_folded(products, place, cluster, picture, (left + card_x, y + card_y)))
        }
    }
}

fn draw_card(products: &Products<'_>, place: usize, picture: &Picture, x: i32, y: i32) -> Markup {
    let product = &products.all[place];
    let facts =
        format!("{} \u{b7} {}", number(product.content.size), short(&product.content.sha256));
    let names: Vec<String> = product.names.iter().map(|name| shown(name)).collect();
    let others = product.expected.len().saturating_sub(1);
    html! {
        a.card.expected[!product.expected.is_empty()] href={ "#" (maker_anchor(product.maker)) } {
            title { (names.join("\n")) "\n" (number(product.content.size)) " bytes\nSHA-256 " (hash(&product.content.sha256)) }
            rect x=(x) y=(y) width=(CARD.0) height=(picture.card_height) rx="4" {}
            text.name x=(x + 8) y=(y + 16) {
                (fit(&products.label(place), 16))
                @if others > 1 { tspan.aside { " +" (others) " names" } }
            }
            text.facts x=(x + 8) y=(y + 30) { (facts) }
            @if let Some(twin) = product.twin {
                text.aside x=(x + 8) y=(y + 43) { (fit(&format!("\u{2261} {}", products.label_beside(twin, place)), 20)) }
            }
        }
    }
}

fn draw_folded(
    products: &Products<'_>,
    place: usize,
    cluster: &Cluster,
    picture: &Picture,
    (x, y): (i32, i32),
) -> Markup {
    let contents = cluster.folded.iter().map(|&product| &products.all[product].content);
    let size = number(total(contents));
    let (name, facts) = match cluster.folded.as_slice() {
        [one] => (
            products.label(*one),
            format!("{size} \u{b7} {}", short(&products.all[*one].content.sha256)),
        ),
        many => (count(many.len(), "file"), format!("{size} bytes")),
    };
    let (width, height) = (CARD.0 - 3, picture.card_height - 3);
    html! {
        a.card.folded href={ "#" (cluster_anchor(place)) } {
            title { (name) ", none of which ran" }
            @if cluster.folded.len() > 1 { rect x=(x + 3) y=(y + 3) width=(width) height=(height) rx="4" {} }
            rect x=(x) y=(y) width=(width) height=(height) rx="4" {}
            text.name x=(x + 8) y=(y + 16) { (fit(&name, 16)) }
            text.facts x=(x + 8) y=(y + 29) { (facts) }
        }
    }
}

fn draw_sheet(products: &Products<'_>, cluster: &Cluster, x: i32, y: i32) -> Markup {
    let file = |place: &usize| &products.contents.files[*place];
    let lines: usize =
        cluster.texts.iter().map(file).map(|file| code_lines(&file.path, file.bytes)).sum();
    let base = |place: &usize| {
        let path = shown(&file(place).path);
        path.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let (first, second) = match (cluster.texts.as_slice(), cluster.data.as_slice()) {
        ([], data) => (
            fit(&base(&data[0]), 17),
            format!("{} bytes", number(total(data.iter().map(|place| &file(place).content)))),
        ),
        ([one], []) => (fit(&base(one), 17), format!("{} lines", number(lines as u64))),
        (texts, []) => (count(texts.len(), "text"), format!("{} lines", number(lines as u64))),
        (texts, data) => (
            format!("{}, {}", count(texts.len(), "text"), count(data.len(), "file")),
            format!("{} lines", number(lines as u64)),
        ),
    };
    let href = match (cluster.texts.as_slice(), cluster.data.as_slice()) {
        ([one], _) => text_anchor(&file(one).content.sha256),
        ([first, ..], _) => area_anchor(&super::products::folder_of(&file(first).path)),
        _ => cluster
            .runs
            .first()
            .map_or(String::new(), |&run| maker_anchor(super::products::Maker::Run(run))),
    };
    let all: Vec<String> =
        cluster.texts.iter().chain(&cluster.data).map(|place| shown(&file(place).path)).collect();
    let (right, fold) = (x + SHEET.0, 9);
    html! {
        a.sheet.data[cluster.texts.is_empty()] href={ "#" (href) } {
            title { (all.join("\n")) }
            path d=(format!("M{x} {y}H{}L{right} {}V{}H{x}z", right - fold, y + fold, y + SHEET.1)) {}
            path.fold d=(format!("M{} {y}V{}H{right}", right - fold, y + fold)) {}
            text.name x=(x + 8) y=(y + 13) { (first) }
            text.facts x=(x + 8) y=(y + 26) { (second) }
        }
    }
}

/// A text of at most so many letters.
fn fit(text: &str, letters: usize) -> String {
    match text.chars().count() > letters {
        true => text.chars().take(letters - 1).chain(['\u{2026}']).collect(),
        false => text.to_owned(),
    }
}
