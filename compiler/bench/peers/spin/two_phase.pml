/* Two-phase commit, defined in compiler/bench/README.md
   one process, one control location: every stored state is a model state */
#ifndef N
#define N 7
#endif
#define FULL ((1<<N)-1)
#define W 0
#define P 1
#define C 2
#define A 3
byte rm[N];
byte tm;        /* 0 init, 1 committed, 2 aborted */
short prep;     /* tmPrepared, bit set */
short msgs;     /* bit i: Prepared(i) sent; bit 14: Commit; bit 13: Abort */
#define MC 16384
#define MA 8192

#define OPTS(i) \
 :: d_step { tm == 0 && (msgs & (1<<i)) -> prep = prep | (1<<i) } \
 :: d_step { rm[i] == W -> rm[i] = P; msgs = msgs | (1<<i) } \
 :: d_step { rm[i] == W -> rm[i] = A } \
 :: d_step { (msgs & MC) -> rm[i] = C } \
 :: d_step { (msgs & MA) -> rm[i] = A }

active proctype M() {
end: do
 :: d_step { tm == 0 && prep == FULL -> tm = 1; msgs = msgs | MC }
 :: d_step { tm == 0 -> tm = 2; msgs = msgs | MA }
#if N>0
 OPTS(0)
#endif
#if N>1
 OPTS(1)
#endif
#if N>2
 OPTS(2)
#endif
#if N>3
 OPTS(3)
#endif
#if N>4
 OPTS(4)
#endif
#if N>5
 OPTS(5)
#endif
#if N>6
 OPTS(6)
#endif
#if N>7
 OPTS(7)
#endif
#if N>8
 OPTS(8)
#endif
#if N>9
 OPTS(9)
#endif
#if N>10
 OPTS(10)
#endif
#if N>11
 OPTS(11)
#endif
 od
}
