//! What an end remembers of another.

use crate::world::Value;

/// What can be left out, to see what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Who refuses something as stale notes what the other has, and marks the link.
    RefusalTells,
    /// What crossed goes once more.
    CrossedGoesAgain,
    /// What was sent and never answered goes again, whatever the user is like by then.
    DoubtGoesAgain,
    /// What arrived and is not what is here now marks the link.
    DifferenceMarks,
    /// What arrived is noted: it does not go back.
    ArrivalIsNoted,
}

/// A line of what came from there since the last delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// That end has this, and it was taken.
    Came(Value),
    /// The same, and something here has made something else of it.
    Altered(Value),
    /// That end has this, and it was refused.
    Refused(Value),
    /// Above is what came while something of ours was under way.
    Crossed,
}

/// The base: what was sent, and what that end said it then holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Base {
    pub sent: Option<Value>,
    pub held: Option<Value>,
}

/// A link.
#[derive(Clone, Debug, Default)]
pub struct Link {
    pub is_right: bool,
    pub base: Base,
    pub notes: Vec<Note>,
    /// The row is out of step.
    pub is_marked: bool,
    /// Something was sent and never answered.
    pub is_in_doubt: bool,
    pub under_way: Option<UnderWay>,
}

/// A delivery.
#[derive(Clone, Debug)]
pub struct UnderWay {
    pub value: Value,
    /// What it knew the other end to hold; nothing is stale without.
    pub held: Option<Value>,
    /// The base with what had come by then.
    base: Base,
    read: usize,
    /// The row was marked since it was read.
    pub is_marked_since: bool,
    pub stage: Stage,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Sent,
    /// And altered, or not.
    Written {
        is_altered: bool,
    },
    /// What the other end holds since; none: it refused.
    Answered(Option<Value>),
}

impl Link {
    pub fn mark(&mut self) {
        self.is_marked = true;
        if let Some(under_way) = &mut self.under_way {
            under_way.is_marked_since = true;
        }
    }

    /// Claims, reads the user, and sends if there is something to send. Whether there was.
    pub fn begin(&mut self, value: Value, without: &[Rule]) -> bool {
        let base = self.taken_in(value, without);
        if !self.is_in_doubt && base.sent == Some(value) {
            self.base = base;
            self.notes.clear();
            self.is_marked = false;
            return false;
        }
        // While it is not known what became of the last push, nothing is known to be held there.
        let held = base.held.filter(|_| !self.is_right);
        let read = self.notes.len();
        self.under_way = Some(UnderWay { value, held, base, read, is_marked_since: false, stage: Stage::Sent });
        true
    }

    /// The base after what came.
    fn taken_in(&self, value: Value, without: &[Rule]) -> Base {
        let (mut base, mut came, mut is_crossed, mut is_altered) = (self.base, None, false, false);
        for note in &self.notes {
            is_altered = matches!(note, Note::Altered(_)) || is_altered && *note == Note::Crossed;
            match note {
                Note::Came(value) | Note::Altered(value) => (came, is_crossed) = (Some(*value), false),
                Note::Refused(value) => (came, is_crossed) = (Some(*value), true),
                Note::Crossed => is_crossed = !without.contains(&Rule::CrossedGoesAgain),
            }
        }
        let Some(came) = came else { return base };
        let before = base.held.replace(came);
        if is_crossed {
            base.sent = None;
            return base;
        }
        // Both alter what they get, and so for ever: the end that is right leaves it there.
        let is_at_odds = self.is_right && is_altered && base.sent == Some(value) && before == Some(came);
        if !is_at_odds {
            base.sent = Some(came);
        }
        base
    }

    /// The answer is here.
    pub fn answered(&mut self) {
        let Some(UnderWay { value, base, read, is_marked_since, stage: Stage::Answered(held), .. }) = self.under_way.take() else { return };
        self.base = Base { sent: Some(value), held: held.or(base.held) };
        self.is_in_doubt = false;
        self.is_marked = is_marked_since;
        self.settle_notes(read, true);
    }

    /// No answer ever comes.
    pub fn unanswered(&mut self, has_status: bool, without: &[Rule]) {
        let Some(UnderWay { base, read, .. }) = self.under_way.take() else { return };
        if without.contains(&Rule::DoubtGoesAgain) {
            self.base = base;
        } else {
            (self.base, self.is_in_doubt) = (Base::default(), true);
        }
        self.settle_notes(read, has_status);
    }

    fn settle_notes(&mut self, read: usize, was_sent: bool) {
        self.notes.drain(..read);
        if was_sent && !self.notes.is_empty() {
            self.notes.push(Note::Crossed);
        }
    }
}
