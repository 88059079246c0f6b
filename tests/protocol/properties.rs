//! What must hold in every state, and what must be possible.

use stateright::{Model, Property};

use crate::fault::Fault;
use crate::request::Event;

/// The promise.
pub(crate) const PROMISE: &str = "no request is accepted that began after the key was revoked";
/// What makes the promise worth something.
pub(crate) const GOOD_KEYS: &str = "no good key is refused";

/// What a model's state tells of the step that led to it.
pub(crate) trait Told {
    fn event(&self) -> Option<Event>;
    /// Whether the database is another one's past: then memory may know of a revocation that the
    /// database does not know.
    fn is_restored(&self) -> bool;
}

/// What is to hold of a model with this fault. Where one is planted, only the property that it
/// breaks: the checker then ends with the first, and therefore shortest, way to break it.
pub(crate) fn always<M: Model<State: Told>>(fault: Fault) -> Vec<Property<M>> {
    let promise = Property::<M>::always(PROMISE, |_, state| {
        state.event() != Some(Event::AcceptedLate)
    });
    let good_keys = Property::<M>::always(GOOD_KEYS, |_, state| match state.event() {
        Some(Event::SaidUnknown) => false,
        Some(Event::RefusedGoodKey) => state.is_restored(),
        _ => true,
    });
    match fault.breaks() {
        None => vec![promise, good_keys],
        Some(PROMISE) => vec![promise],
        Some(_) => vec![good_keys],
    }
}

/// That it happens at all: a model in which nothing happens keeps every promise.
macro_rules! sometimes {
    ($($name:literal => $event:ident,)*) => {
        vec![$(stateright::Property::<Self>::sometimes($name, |_, state| {
            crate::properties::Told::event(state) == Some(crate::request::Event::$event)
        }),)*]
    };
}
pub(crate) use sometimes;
