/* Small Raft, defined in compiler/bench/README.md. Handlers in embedded C over now.*;
   bag = sorted int array (canonical multiset); one process, one control location. */
#ifndef T
#define T 1
#endif
#ifndef L
#define L 1
#endif
#ifndef M
#define M 16
#endif
#define N 3
#define LL (L+1)
byte role[N];  /* 0 F 1 C 2 L */
byte term[N]; byte voted[N]; byte votes[N]; byte ln_[N]; byte commit_[N];
byte lg[N*LL];
byte nxt[N*N]; byte mat[N*N];
int net[M];    /* sorted ascending in the first n slots, rest 0 */
byte n;

c_code {
#define NN 3
static void fail_(const char *m) { printf("FAIL %s\n", m); exit(3); }
static int lastT(int i) { return now.ln_[i] ? now.lg[i*LL_ + now.ln_[i]-1] : 0; }
static void snd(int k, int s, int d, int t, int a, int b, int e, int c) {
  int p = k<<20 | s<<18 | d<<16 | t<<12 | a<<9 | b<<6 | e<<3 | c, i = now.n;
  if (now.n >= M_) fail_("bag overflow");
  while (i > 0 && now.net[i-1] > p) { now.net[i] = now.net[i-1]; i--; }
  now.net[i] = p; now.n++;
}
static void rmv(int k) { int i; for (i = k; i+1 < now.n; i++) now.net[i] = now.net[i+1]; now.net[now.n-1] = 0; now.n--; }
static void clr(int i) { int j; now.votes[i] = 0; for (j = 0; j < NN; j++) now.nxt[i*NN+j] = now.mat[i*NN+j] = 0; }
static void obs(int i, int t) { if (t > now.term[i]) { now.term[i] = t; now.role[i] = 0; now.voted[i] = 0; clr(i); } }
static void sendAE(int i, int j) {
  int nx = now.nxt[i*NN+j], pi = nx-1, pt = pi ? now.lg[i*LL_+pi-1] : 0, e = nx <= now.ln_[i] ? now.lg[i*LL_+nx-1] : 0;
  snd(3, i, j, now.term[i], pi, pt, e, now.commit_[i]);
}
static void bcast(int i) { int j; for (j = 0; j < NN; j++) if (j != i) sendAE(i, j); }
static void elect(int i) {
  int j; now.term[i]++; now.role[i] = 1; clr(i); now.voted[i] = i+1; now.votes[i] = 1<<i;
  for (j = 0; j < NN; j++) if (j != i) snd(1, i, j, now.term[i], lastT(i), now.ln_[i], 0, 0);
}
static void client(int i) { now.lg[i*LL_+now.ln_[i]] = now.term[i]; now.ln_[i]++; bcast(i); }
static void check(void) {
  int i, j, x;
  for (i = 0; i < NN; i++) for (j = i+1; j < NN; j++) {
    int c = now.commit_[i] < now.commit_[j] ? now.commit_[i] : now.commit_[j];
    if (now.role[i] == 2 && now.role[j] == 2 && now.term[i] == now.term[j]) fail_("two leaders");
    for (x = 0; x < c; x++) if (now.lg[i*LL_+x] != now.lg[j*LL_+x]) fail_("logs differ");
  }
}
static void dlv(int k_) {
  int p = now.net[k_], k = p>>20, j = p>>18&3, i = p>>16&3, t = p>>12&15, a = p>>9&7, b = p>>6&7, e = p>>3&7, c = p&7;
  int g, m, q, x, cnt;
  rmv(k_);
  if (k == 1) {
    obs(i, t);
    g = t == now.term[i] && (now.voted[i] == 0 || now.voted[i] == j+1) && now.role[i] == 0
        && (a > lastT(i) || (a == lastT(i) && b >= now.ln_[i]));
    if (g) now.voted[i] = j+1;
    snd(2, i, j, now.term[i], g, 0, 0, 0);
  } else if (k == 2) {
    obs(i, t);
    if (now.role[i] == 1 && t == now.term[i] && a) {
      now.votes[i] |= 1<<j;
      if (__builtin_popcount(now.votes[i])*2 > NN) {
        now.role[i] = 2; now.votes[i] = 0;
        for (x = 0; x < NN; x++) if (x != i) { now.nxt[i*NN+x] = now.ln_[i]+1; now.mat[i*NN+x] = 0; }
        bcast(i);
      }
    }
  } else if (k == 3) {
    if (t < now.term[i]) { snd(4, i, j, now.term[i], 0, 0, 0, 0); }
    else {
      obs(i, t); now.role[i] = 0; clr(i);
      if (a > now.ln_[i] || (a > 0 && now.lg[i*LL_+a-1] != b)) snd(4, i, j, now.term[i], 0, 0, 0, 0);
      else {
        m = a;
        if (e) {
          m = a+1;
          if (!(now.ln_[i] > a && now.lg[i*LL_+a] == e)) {
            for (x = a; x < LL_; x++) now.lg[i*LL_+x] = 0;
            now.lg[i*LL_+a] = e; now.ln_[i] = a+1;
          }
        }
        q = c < m ? c : m; if (q > now.commit_[i]) now.commit_[i] = q;
        snd(4, i, j, now.term[i], 1, m, 0, 0);
      }
    }
  } else {
    obs(i, t);
    if (now.role[i] == 2 && t == now.term[i]) {
      if (a) {
        if (b > now.mat[i*NN+j]) now.mat[i*NN+j] = b;
        now.nxt[i*NN+j] = now.mat[i*NN+j]+1;
        for (q = now.ln_[i]; q > now.commit_[i]; q--) {
          cnt = 1; for (x = 0; x < NN; x++) if (x != i && now.mat[i*NN+x] >= q) cnt++;
          if (now.lg[i*LL_+q-1] == now.term[i] && cnt*2 > NN) { now.commit_[i] = q; break; }
        }
        if (now.nxt[i*NN+j] <= now.ln_[i]) sendAE(i, j);
      } else {
        q = now.nxt[i*NN+j]-1; if (now.mat[i*NN+j]+1 > q) q = now.mat[i*NN+j]+1;
        now.nxt[i*NN+j] = q; sendAE(i, j);
      }
    }
  }
  check();
}
};

active proctype P() {
end: do
 :: d_step { (role[0] != 2 && term[0] < T) -> c_code { elect(0); } }
 :: d_step { (role[0] == 2 && ln_[0] < L) -> c_code { client(0); } }
 :: d_step { (role[1] != 2 && term[1] < T) -> c_code { elect(1); } }
 :: d_step { (role[1] == 2 && ln_[1] < L) -> c_code { client(1); } }
 :: d_step { (role[2] != 2 && term[2] < T) -> c_code { elect(2); } }
 :: d_step { (role[2] == 2 && ln_[2] < L) -> c_code { client(2); } }
#if M>0
 :: d_step { (n > 0) -> c_code { dlv(0); } }
#ifdef LOSSY
 :: d_step { (n > 0) -> c_code { rmv(0); } }
#endif
#endif
#if M>1
 :: d_step { (n > 1 && net[0] != net[1]) -> c_code { dlv(1); } }
#ifdef LOSSY
 :: d_step { (n > 1 && net[0] != net[1]) -> c_code { rmv(1); } }
#endif
#endif
#if M>2
 :: d_step { (n > 2 && net[1] != net[2]) -> c_code { dlv(2); } }
#ifdef LOSSY
 :: d_step { (n > 2 && net[1] != net[2]) -> c_code { rmv(2); } }
#endif
#endif
#if M>3
 :: d_step { (n > 3 && net[2] != net[3]) -> c_code { dlv(3); } }
#ifdef LOSSY
 :: d_step { (n > 3 && net[2] != net[3]) -> c_code { rmv(3); } }
#endif
#endif
#if M>4
 :: d_step { (n > 4 && net[3] != net[4]) -> c_code { dlv(4); } }
#ifdef LOSSY
 :: d_step { (n > 4 && net[3] != net[4]) -> c_code { rmv(4); } }
#endif
#endif
#if M>5
 :: d_step { (n > 5 && net[4] != net[5]) -> c_code { dlv(5); } }
#ifdef LOSSY
 :: d_step { (n > 5 && net[4] != net[5]) -> c_code { rmv(5); } }
#endif
#endif
#if M>6
 :: d_step { (n > 6 && net[5] != net[6]) -> c_code { dlv(6); } }
#ifdef LOSSY
 :: d_step { (n > 6 && net[5] != net[6]) -> c_code { rmv(6); } }
#endif
#endif
#if M>7
 :: d_step { (n > 7 && net[6] != net[7]) -> c_code { dlv(7); } }
#ifdef LOSSY
 :: d_step { (n > 7 && net[6] != net[7]) -> c_code { rmv(7); } }
#endif
#endif
#if M>8
 :: d_step { (n > 8 && net[7] != net[8]) -> c_code { dlv(8); } }
#ifdef LOSSY
 :: d_step { (n > 8 && net[7] != net[8]) -> c_code { rmv(8); } }
#endif
#endif
#if M>9
 :: d_step { (n > 9 && net[8] != net[9]) -> c_code { dlv(9); } }
#ifdef LOSSY
 :: d_step { (n > 9 && net[8] != net[9]) -> c_code { rmv(9); } }
#endif
#endif
#if M>10
 :: d_step { (n > 10 && net[9] != net[10]) -> c_code { dlv(10); } }
#ifdef LOSSY
 :: d_step { (n > 10 && net[9] != net[10]) -> c_code { rmv(10); } }
#endif
#endif
#if M>11
 :: d_step { (n > 11 && net[10] != net[11]) -> c_code { dlv(11); } }
#ifdef LOSSY
 :: d_step { (n > 11 && net[10] != net[11]) -> c_code { rmv(11); } }
#endif
#endif
#if M>12
 :: d_step { (n > 12 && net[11] != net[12]) -> c_code { dlv(12); } }
#ifdef LOSSY
 :: d_step { (n > 12 && net[11] != net[12]) -> c_code { rmv(12); } }
#endif
#endif
#if M>13
 :: d_step { (n > 13 && net[12] != net[13]) -> c_code { dlv(13); } }
#ifdef LOSSY
 :: d_step { (n > 13 && net[12] != net[13]) -> c_code { rmv(13); } }
#endif
#endif
#if M>14
 :: d_step { (n > 14 && net[13] != net[14]) -> c_code { dlv(14); } }
#ifdef LOSSY
 :: d_step { (n > 14 && net[13] != net[14]) -> c_code { rmv(14); } }
#endif
#endif
#if M>15
 :: d_step { (n > 15 && net[14] != net[15]) -> c_code { dlv(15); } }
#ifdef LOSSY
 :: d_step { (n > 15 && net[14] != net[15]) -> c_code { rmv(15); } }
#endif
#endif
#if M>16
 :: d_step { (n > 16 && net[15] != net[16]) -> c_code { dlv(16); } }
#ifdef LOSSY
 :: d_step { (n > 16 && net[15] != net[16]) -> c_code { rmv(16); } }
#endif
#endif
#if M>17
 :: d_step { (n > 17 && net[16] != net[17]) -> c_code { dlv(17); } }
#ifdef LOSSY
 :: d_step { (n > 17 && net[16] != net[17]) -> c_code { rmv(17); } }
#endif
#endif
#if M>18
 :: d_step { (n > 18 && net[17] != net[18]) -> c_code { dlv(18); } }
#ifdef LOSSY
 :: d_step { (n > 18 && net[17] != net[18]) -> c_code { rmv(18); } }
#endif
#endif
#if M>19
 :: d_step { (n > 19 && net[18] != net[19]) -> c_code { dlv(19); } }
#ifdef LOSSY
 :: d_step { (n > 19 && net[18] != net[19]) -> c_code { rmv(19); } }
#endif
#endif
#if M>20
 :: d_step { (n > 20 && net[19] != net[20]) -> c_code { dlv(20); } }
#ifdef LOSSY
 :: d_step { (n > 20 && net[19] != net[20]) -> c_code { rmv(20); } }
#endif
#endif
#if M>21
 :: d_step { (n > 21 && net[20] != net[21]) -> c_code { dlv(21); } }
#ifdef LOSSY
 :: d_step { (n > 21 && net[20] != net[21]) -> c_code { rmv(21); } }
#endif
#endif
#if M>22
 :: d_step { (n > 22 && net[21] != net[22]) -> c_code { dlv(22); } }
#ifdef LOSSY
 :: d_step { (n > 22 && net[21] != net[22]) -> c_code { rmv(22); } }
#endif
#endif
#if M>23
 :: d_step { (n > 23 && net[22] != net[23]) -> c_code { dlv(23); } }
#ifdef LOSSY
 :: d_step { (n > 23 && net[22] != net[23]) -> c_code { rmv(23); } }
#endif
#endif
#if M>24
 :: d_step { (n > 24 && net[23] != net[24]) -> c_code { dlv(24); } }
#ifdef LOSSY
 :: d_step { (n > 24 && net[23] != net[24]) -> c_code { rmv(24); } }
#endif
#endif
#if M>25
 :: d_step { (n > 25 && net[24] != net[25]) -> c_code { dlv(25); } }
#ifdef LOSSY
 :: d_step { (n > 25 && net[24] != net[25]) -> c_code { rmv(25); } }
#endif
#endif
#if M>26
 :: d_step { (n > 26 && net[25] != net[26]) -> c_code { dlv(26); } }
#ifdef LOSSY
 :: d_step { (n > 26 && net[25] != net[26]) -> c_code { rmv(26); } }
#endif
#endif
#if M>27
 :: d_step { (n > 27 && net[26] != net[27]) -> c_code { dlv(27); } }
#ifdef LOSSY
 :: d_step { (n > 27 && net[26] != net[27]) -> c_code { rmv(27); } }
#endif
#endif
 od
}
