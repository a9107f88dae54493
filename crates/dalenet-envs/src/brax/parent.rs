//! Which links hang on which.

use super::{Real, condition::Lanewise, real::Order};

/// What a link hangs on.
pub enum Parent<R> {
    World,
    /// A link, by its index; always a smaller one.
    Link(usize),
    /// Where lanes are links: one of its own in each lane.
    Lanes(Relatives<R>),
}

/// The parents of the links in the lanes of one number, or in some of them. Indices are those of the
/// numbers that parents are in.
pub struct Relatives<R> {
    /// From parents to their children.
    parents: Vec<(usize, Route<R>)>,
    /// From children to their parents; a route brings a lane the value of one child, the first children
    /// come first.
    children: Vec<(usize, Vec<Route<R>>)>,
}

/// A way from lanes to other lanes.
struct Route<R> {
    /// Where each lane gets its value from.
    order: Order,
    /// Below 0 in the lanes that get one.
    mask: R,
}

impl<R: Real> Route<R> {
    /// `pairs` of lanes, from where to where.
    fn new(pairs: &[(usize, usize)]) -> Self {
        let (mut order, mut mask) = ([0; 16], R::zero());
        for &(from, to) in pairs {
            order[to] = from as i32;
            mask.set_lane(to, -1.0);
        }
        Self { order, mask }
    }
}

impl<R: Real> Relatives<R> {
    /// Of the links from `first` on, LANES of them, by the parents of all links.
    fn new(first: usize, parents: &[Option<usize>]) -> Self {
        let (mut from_parents, mut from_children) = (Vec::new(), Vec::new());
        for other in 0..=first / R::LANES {
            let mut pairs = Vec::new();
            for (lane, parent) in parents.iter().skip(first).take(R::LANES).enumerate() {
                if let Some(parent) = parent.filter(|parent| parent / R::LANES == other) {
                    pairs.push((parent % R::LANES, lane));
                }
            }
            if !pairs.is_empty() {
                from_parents.push((other, Route::new(&pairs)));
                from_children.push((other, one_child_at_a_time(pairs)));
            }
        }
        Self { parents: from_parents, children: from_children }
    }
}

/// Routes from children to parents, by pairs of lanes (parent, child).
fn one_child_at_a_time<R: Real>(mut pairs: Vec<(usize, usize)>) -> Vec<Route<R>> {
    let mut routes = Vec::new();
    while !pairs.is_empty() {
        let (mut firsts, mut rest) = (Vec::new(), Vec::new());
        for (parent, child) in pairs {
            match firsts.iter().any(|&(_, to)| to == parent) {
                true => rest.push((parent, child)),
                false => firsts.push((child, parent)),
            }
        }
        routes.push(Route::new(&firsts));
        pairs = rest;
    }
    routes
}

impl<R: Real> Parent<R> {
    /// Of one link.
    pub fn of_link(parent: Option<usize>) -> Self {
        parent.map_or(Self::World, Self::Link)
    }

    /// Of the links from `first` on, in lanes, by the parents of all links.
    pub fn of_lanes(first: usize, parents: &[Option<usize>]) -> Self {
        Self::Lanes(Relatives::new(first, parents))
    }

    /// Index of the parent, if it is one link.
    pub fn index(&self) -> Option<usize> {
        if let Self::Link(parent) = self { Some(*parent) } else { None }
    }

    /// The parent's value, `world` in lanes whose link hangs on nothing; none if that is all lanes.
    #[inline(always)]
    pub fn value<T: Lanewise<R>>(&self, values: &[T], world: T) -> Option<T> {
        match self {
            Self::World => None,
            Self::Link(parent) => Some(values[*parent]),
            Self::Lanes(relatives) => {
                let mut value = world;
                for (other, Route { order, mask }) in &relatives.parents {
                    value = T::select(*mask, values[*other].permuted(order), value);
                }
                Some(value)
            }
        }
    }

    /// Changes the parent's value by what its child does to it: `change(index, value, action)`.
    #[inline(always)]
    pub fn act<T: Lanewise<R>>(
        &self,
        action: T,
        values: &mut [T],
        change: impl Fn(usize, T, T) -> T,
    ) {
        match self {
            Self::World => {}
            Self::Link(parent) => values[*parent] = change(*parent, values[*parent], action),
            Self::Lanes(relatives) => {
                for (other, routes) in &relatives.children {
                    let mut value = values[*other];
                    for Route { order, mask } in routes {
                        let changed = change(*other, value, action.permuted(order));
                        value = T::select(*mask, changed, value);
                    }
                    values[*other] = value;
                }
            }
        }
    }
}
