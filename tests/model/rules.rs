//! The protocol's rules, each of which a test can take out.

/// A rule. The first ones are the design's own words; those after `DeleteCheck` say what these rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A request marks the user before its first write.
    FirstMark,
    /// And once more when its work on them is done.
    SecondMark,
    /// Users without a row are found by the sweep.
    Sweep,
    /// The user is read after the row.
    SnapshotAfterRow,
    /// While a request is at work on the user, a push does not bring the row in step.
    SettlingTime,
    /// A push brings in step with the revision that was read, not with the one that the row has by now.
    RevisionAsRead,
    /// Who has lost the lease writes nothing back but where the account is.
    LeaseFence,
    /// A holder whose lease ran out still says where the account is.
    LateAccount,
    /// That a create is about to be sent is noted before it is sent.
    TriedBeforeSending,
    /// After an unanswered create nothing is looked at, and nothing made, before the site must be done with it: for 60 s from
    /// giving up.
    WaitAfterCreate,
    /// What was tried is remembered only as long as a create may have worked unanswered.
    Doubt,
    /// A row that ever tried to create is looked up before it is called absent.
    LookBeforeAbsent,
    /// An account is held by one link; another that finds it waits.
    WaitsFor,
    /// A sealed password goes only with the mark that it was sealed for.
    SecretBound,
    /// A sealed password is erased only if it is the one that was read.
    SecretAsRead,
    /// A removal first makes sure that no present link holds the account.
    DeleteCheck,

    /// Whether a request was at work is said by the row as it was read: the settling time may be over when the answer comes.
    UnsettledAsRead,
    /// A no to what was read while a request was at work is asked again when that has ended.
    RefusedUnsettled,
    /// Nothing is sent once the lease has run out: it outlasts the budget, and that by as long as a site may be at work.
    SendWithinLease,
    /// An update that may have worked unanswered leaves the base in doubt: the next one sends everything.
    DoubtfulBase,
    /// After an unanswered update, too, nothing is sent before the site must be done with it.
    WaitAfterUpdate,
    /// What was tried is not forgotten for a no that did not come of asking the site.
    DoubtKept,
    /// An unanswered create is looked for by the address that was sent, whatever the user's is now.
    LookAsSent,
    /// A new user waits for the link of a removed one with the same login or address.
    WaitsForRemoved,
    /// Who finds another link's account waits, whether or not they would be allowed to adopt it.
    WaitsThoughUnproven,
    /// Who has taken login or address is looked for by both; where nobody has by then, it is tried again.
    TakenByNobody,
    /// An account that was found, but was gone before anything was pushed to it, is forgotten.
    FoundThenGone,
    /// A removal mark is taken back only when the request that made it is surely over, however long it took: not in the minute
    /// after.
    UnmarkLate,
    /// A plaintext is sealed only for a hash that it is the plaintext of.
    SealChecked,
    /// Who knows the plaintext of the present hash seals it, even where somebody has called the hash unannounced.
    SealAnyway,
    /// A sealed password is written only while its mark is the user's.
    SecretWithMark,
    /// A hash is called unannounced only where nobody has marked the user since the row was read.
    UnannouncedAsRead,
}

/// All rules but those.
#[derive(Clone, Copy, Debug)]
pub struct Rules(pub &'static [Rule]);

impl Rules {
    pub fn has(self, rule: Rule) -> bool {
        !self.0.contains(&rule)
    }
}
