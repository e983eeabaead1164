//! All ends, and what can happen at them.

use crate::link::{Link, Note, Rule, Stage};
use std::collections::BTreeMap;

/// What a user's field holds. Odd values are such as the last end alters.
pub type Value = u16;

/// What was seen in stories that went well.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub stories: u64,
    pub edits: usize,
    pub requests: usize,
    /// The most requests that a story took after the last edit.
    pub longest: usize,
}

impl Seen {
    pub fn add(&mut self, other: Self) {
        self.stories += 1;
        self.edits += other.edits;
        self.requests += other.requests;
        self.longest = self.longest.max(other.longest);
    }
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Edit(usize, Value),
    Begin(usize, usize),
    Write(usize, usize),
    Answer(usize, usize),
    Hear(usize, usize),
    LoseRequest(usize, usize),
    LoseAnswer(usize, usize),
    Die(usize, usize),
}

pub struct World {
    values: Vec<Value>,
    links: BTreeMap<(usize, usize), Link>,
    /// What each end makes of what it gets.
    alters: Vec<fn(Value) -> Value>,
    are_at_odds: bool,
    without: &'static [Rule],
    dice: u64,
    requests: usize,
    told: Vec<String>,
}

/// After so many requests nobody believes that it ends.
const ENDLESS: usize = 400;

impl World {
    pub fn new(ends: usize, pairs: &[(usize, usize)], without: &'static [Rule], seed: u64) -> Self {
        let in_step = |is_right| {
            let mut link = Link { is_right, ..Link::default() };
            (link.base.sent, link.base.held) = (Some(0), Some(0));
            link
        };
        let links = pairs.iter().flat_map(|&(a, b)| [((a, b), in_step(true)), ((b, a), in_step(false))]).collect();
        let dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut alters: Vec<fn(Value) -> Value> = vec![|value| value; ends];
        alters[ends - 1] = |value| value & !1;
        Self { values: vec![0; ends], links, alters, are_at_odds: false, without, dice, requests: 0, told: Vec::new() }
    }

    /// The first end alters what it gets as well, to what the last never leaves as it is: they cannot be the same.
    pub fn at_odds(mut self) -> Self {
        self.alters[0] = |value| value | 1;
        self.are_at_odds = true;
        self
    }

    pub fn told(&self) -> String {
        format!("{}\n{:?}\n{:#?}", self.told.join("\n"), self.values, self.links)
    }

    /// Some edits while anything may happen, then none while all goes well.
    ///
    /// # Errors
    /// Says what went wrong.
    pub fn story(&mut self) -> Result<Seen, String> {
        let edits = 1 + self.roll(5);
        let mut left = edits;
        while left > 0 {
            let mut events = self.possible(true);
            if events.is_empty() || self.roll(6) == 0 {
                left -= 1;
                // Back to what was there before, now and then.
                let value = if self.roll(4) == 0 { 0 } else { Value::try_from(1 + self.roll(6)).unwrap_or(0) };
                events = vec![Event::Edit(self.roll(self.values.len()), value)];
            }
            self.one_of(&events);
        }
        let before = self.requests;
        loop {
            let events = self.possible(false);
            if events.is_empty() {
                break;
            }
            self.one_of(&events);
            if self.requests > before + ENDLESS {
                return Err("it never comes to rest".into());
            }
        }
        if !self.are_at_odds && self.values.iter().any(|value| *value != self.values[0]) {
            return Err("at rest, and not the same".into());
        }
        Ok(Seen { stories: 1, edits, requests: self.requests, longest: self.requests - before })
    }

    fn one_of(&mut self, events: &[Event]) {
        let event = events[self.roll(events.len())];
        self.happen(event);
        self.told.push(format!("{event:?}: {:?}", self.values));
    }

    fn possible(&self, may_fail: bool) -> Vec<Event> {
        let mut events = Vec::new();
        for (&(a, b), link) in &self.links {
            match link.under_way.as_ref().map(|under_way| under_way.stage) {
                None if link.is_marked => events.push(Event::Begin(a, b)),
                None => {}
                Some(Stage::Sent) if may_fail => events.extend([Event::Write(a, b), Event::Write(a, b), Event::LoseRequest(a, b)]),
                Some(Stage::Sent) => events.push(Event::Write(a, b)),
                Some(Stage::Written { .. }) => events.push(Event::Answer(a, b)),
                Some(Stage::Answered(_)) if may_fail => {
                    events.extend([Event::Hear(a, b), Event::Hear(a, b), Event::LoseAnswer(a, b), Event::Die(a, b)]);
                }
                Some(Stage::Answered(_)) => events.push(Event::Hear(a, b)),
            }
        }
        events
    }

    fn happen(&mut self, event: Event) {
        let without = self.without;
        match event {
            Event::Edit(end, value) => {
                self.hold(end, value);
            }
            Event::Begin(a, b) => {
                let value = self.values[a];
                self.requests += usize::from(self.link(a, b).begin(value, without));
            }
            Event::Write(a, b) => self.write(a, b),
            Event::Answer(a, b) => {
                let held = self.values[b];
                let sent = self.sent(a, b);
                let is_altered = self.link(a, b).under_way.as_ref().is_some_and(|it| it.stage == Stage::Written { is_altered: true });
                self.set_stage(a, b, Stage::Answered(Some(held)));
                let back = self.link(b, a);
                if !without.contains(&Rule::ArrivalIsNoted) {
                    back.notes.push(if is_altered { Note::Altered(sent) } else { Note::Came(sent) });
                }
                if sent != held && !without.contains(&Rule::DifferenceMarks) {
                    back.mark();
                }
            }
            Event::Hear(a, b) => self.link(a, b).answered(),
            Event::LoseRequest(a, b) | Event::LoseAnswer(a, b) => {
                let has_status = self.roll(2) == 0;
                self.link(a, b).unanswered(has_status, without);
            }
            Event::Die(a, b) => {
                // Its lease runs out; that something was sent was noted before.
                let link = self.link(a, b);
                link.under_way = None;
                link.is_in_doubt = true;
            }
        }
    }

    /// A receiver at work: what it refuses is told at once; what it takes is written, and only then noted and answered.
    fn write(&mut self, a: usize, b: usize) {
        let (sent, now) = (self.sent(a, b), self.values[b]);
        let held = self.link(a, b).under_way.as_ref().and_then(|under_way| under_way.held);
        if sent != now && held.is_some_and(|held| held != now) {
            self.set_stage(a, b, Stage::Answered(None));
            if !self.without.contains(&Rule::RefusalTells) {
                let back = self.link(b, a);
                back.notes.push(Note::Refused(sent));
                back.mark();
            }
            return;
        }
        let made = self.alters[b](sent);
        if sent != now {
            self.hold(b, made);
        }
        self.set_stage(a, b, Stage::Written { is_altered: sent != now && made != sent });
    }

    fn hold(&mut self, end: usize, value: Value) {
        self.values[end] = value;
        self.links.iter_mut().filter(|((from, _), _)| *from == end).for_each(|(_, link)| link.mark());
    }

    fn link(&mut self, a: usize, b: usize) -> &mut Link {
        self.links.get_mut(&(a, b)).expect("a link")
    }

    fn sent(&mut self, a: usize, b: usize) -> Value {
        self.link(a, b).under_way.as_ref().expect("something under way").value
    }

    fn set_stage(&mut self, a: usize, b: usize, stage: Stage) {
        self.link(a, b).under_way.as_mut().expect("something under way").stage = stage;
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        usize::try_from(self.dice >> 33).unwrap_or(0) % sides.max(1)
    }
}
