---------------------------- MODULE TwoPhase ----------------------------
(* Two-phase commit with N resource managers. msgs is the set of all messages ever sent. *)
EXTENDS Naturals
CONSTANT N
VARIABLES rm, tm, prepared, msgs
RM == 1..N
Prepared(i) == <<"Prepared", i>>
Commit == <<"Commit", 0>>
Abort == <<"Abort", 0>>
Init == rm = [i \in RM |-> "working"] /\ tm = "init" /\ prepared = {} /\ msgs = {}
TMCommit == tm = "init" /\ prepared = RM /\ tm' = "committed" /\ msgs' = msgs \cup {Commit} /\ UNCHANGED <<rm, prepared>>
TMAbort == tm = "init" /\ tm' = "aborted" /\ msgs' = msgs \cup {Abort} /\ UNCHANGED <<rm, prepared>>
TMReceive(i) == tm = "init" /\ Prepared(i) \in msgs /\ prepared' = prepared \cup {i} /\ UNCHANGED <<rm, tm, msgs>>
Prepare(i) == rm[i] = "working" /\ rm' = [rm EXCEPT ![i] = "prepared"] /\ msgs' = msgs \cup {Prepared(i)} /\ UNCHANGED <<tm, prepared>>
Refuse(i) == rm[i] = "working" /\ rm' = [rm EXCEPT ![i] = "aborted"] /\ UNCHANGED <<tm, prepared, msgs>>
Committed(i) == Commit \in msgs /\ rm' = [rm EXCEPT ![i] = "committed"] /\ UNCHANGED <<tm, prepared, msgs>>
Aborted(i) == Abort \in msgs /\ rm' = [rm EXCEPT ![i] = "aborted"] /\ UNCHANGED <<tm, prepared, msgs>>
Next == TMCommit \/ TMAbort \/ \E i \in RM : TMReceive(i) \/ Prepare(i) \/ Refuse(i) \/ Committed(i) \/ Aborted(i)
Spec == Init /\ [][Next]_<<rm, tm, prepared, msgs>>
Consistent == \A i, j \in RM : ~(rm[i] = "committed" /\ rm[j] = "aborted")
=========================================================================
