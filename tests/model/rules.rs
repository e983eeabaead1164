//! The protocol's rules, each of which a test can take out.

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    // Marks.
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
    /// Whether one was is said by the row as it was read: its settling time may be over when the answer comes.
    SettledAsRead,
    /// A no to what was read while a request was at work is asked again when that has ended.
    RefusedUnsettled,
    /// A push brings in step with the revision that was read, not with the one that the row has by now.
    RevisionAsRead,

    // Leases.
    /// Who has lost the lease writes nothing back.
    LeaseFence,
    /// Not even where the account is.
    FenceForAccount,
    /// Only what still bears the token is sent.
    SendUnderToken,
    /// The lease is renewed before anything is sent, so that it outlasts the budget.
    RenewedLease,
    /// And by as long as the site may be at work on what a holder who died has sent.
    LeaseOutlastsSite,

    // Doubt.
    /// That a create is about to be sent is noted before it is sent.
    NoteCreate,
    /// That an update is, too; while it is in doubt the base is not believed, and all is sent.
    NoteUpdate,
    /// After an unanswered create nothing is looked at, and nothing made, before the site must be done with it: for 60 s.
    WaitAfterCreate,
    /// After an unanswered update nothing is sent before the site must be done with it.
    WaitAfterUpdate,
    /// A clear answer ends the doubt.
    DoubtEnds,
    /// Nothing else does.
    DoubtKept,
    /// Where nothing new was sent, what was tried stays as it was read: the last try is no later than it was.
    DoubtAsRead,
    /// An unanswered create is looked for by the address that was sent, whatever the user's is now.
    LookAsSent,
    /// Of what is found by that address, only the user's own counts, unless it is their present address.
    OldAddressIsNobodys,
    /// Where a look finds nobody the doubt ends, and what is sent next has a note of its own.
    LookApart,
    /// A row that ever tried to create is looked up before it is called absent.
    LookBeforeAbsent,

    // Logins and addresses that wander.
    /// An account is held by one link; another that finds it waits.
    WaitsFor,
    /// Whether or not they would be allowed to adopt it.
    WaitsThoughUnproven,
    /// A new user waits for the link of a removed one with the same login or address.
    WaitsForRemoved,
    /// Removed means gone, not only marked so.
    RemovedIsGone,
    /// And for a link whose unanswered create carried the same address.
    WaitsForTried,
    /// Who has taken login or address is looked for by both; where nobody has by then, it is tried again.
    TakenByNobody,
    /// Who has taken the address of an update is looked for as well.
    TakenByUpdate,

    // Removals.
    /// A removal mark is taken back only where nobody has marked the user since.
    UnmarkAsRead,
    /// And only when the request that made it is surely over: it has settled, or ten minutes have passed. Not in the minute after.
    UnmarkLate,
    /// That request has not settled because another one has.
    UnmarkByOwn,
    /// A request that takes long, and settles what it has done so far, leaves out whom it is just removing.
    SettleAfterRemoval,
    /// An account that was found, but was gone before anything was pushed to it, is forgotten.
    FoundThenGone,
    /// An account that is to be made anew is forgotten first.
    ForgetThenMake,

    // Passwords.
    /// A sealed password goes only with the mark that it was sealed for.
    SecretBound,
    /// A sealed password is erased only if it is the one that was read.
    SecretAsRead,
    /// A sealed password is written only while its mark is the user's.
    SecretWithMark,
    /// A plaintext is sealed only for a hash that it is the plaintext of.
    SealChecked,
    /// Who knows the plaintext of the present hash seals it, even where somebody has called the hash unannounced.
    SealAnyway,
    /// A hash is called unannounced only where its mark is still the one that was read.
    UnannouncedAsRead,

    // These can be left out: no order of events needs them. Some are there for what a person may do.
    /// A delete is noted too, and waits until the site must be done with what was sent before.
    NoteDelete,
    /// A removal first makes sure that no present link holds the account.
    DeleteCheck,
    /// A removed user whose look finds an account that another link holds lets it be.
    AbsentLetsBe,
    /// While an update is in doubt, that the site has the password is not believed either.
    DoubtfulPassword,
    /// Why a row waits is told only where nobody has marked the row since it was read.
    CodeAsRead,
}

/// All rules but those.
#[derive(Clone, Copy, Debug)]
pub struct Rules(pub &'static [Rule]);

impl Rules {
    pub fn has(self, rule: Rule) -> bool {
        !self.0.contains(&rule)
    }
}
