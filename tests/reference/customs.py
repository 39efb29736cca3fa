#!/usr/bin/env python3
"""Customs misdeclaration scorer: additive shrunken log-odds with leave-one-block-out fitting.
Plain Python + numpy. See SPEC.md.
  reference.py            fit on train, report on valid, write model/score files next to this script
  reference.py --splits   also time splits and block-disjoint 5-fold inside train
  reference.py --block    variant: every block counts once (row weight 1 / rows of the block in the fit part)
"""
import csv, math, os, sys
import numpy as np

DATA = '/work/shared/data/customs/customs_df_syn_%s_eng.csv'
HERE = os.path.dirname(os.path.abspath(__file__))
NBIN, L2 = 20, 1.0
BLOCK = '--block' in sys.argv
# (name, index of parent part or -1, shrinkage K); order matters (a parent precedes its child)
PARTS = [('chapter', -1, 10.0), ('heading', 0, 10.0), ('product_from', 1, 10.0),
         ('route', -1, 10.0), ('departure', 3, 10.0), ('origin', 4, 10.0),
         ('mass', -1, 100.0), ('price', -1, 100.0), ('price_per_kg', -1, 100.0),
         ('mass_in_heading', 6, 10.0)]


def load(part):
    with open(DATA % part, newline='') as f:
        rows = list(csv.DictReader(f))
    for r in rows:
        r['id'] = int(r['Declaration ID'])
        r['hs6'] = r['HS6 Code']
        assert len(r['hs6']) == 6
        r['m'], r['p'] = float(r['Net Mass']), float(r['Item Price'])
        r['u'] = (r['p'] + 1.0) / (r['m'] + 0.01)
        r['y'] = int(r['Fraud'])
        r['block'] = r['hs6'] + '|' + r['Item Price']
    return rows


def edges(values):
    v, n, out = sorted(values), len(values), []
    for i in range(1, NBIN):
        e = v[i * n // NBIN]
        if not out or e > out[-1]:
            out.append(e)
    return out


def bin_of(e, x):                       # number of edges <= x
    return int(np.searchsorted(e, x, side='right'))


def keys(r, E):
    hs, d, o = r['hs6'], r['Country of Departure'], r['Country of Origin']
    s = 'same' if d == o else 'differs'
    bm = str(bin_of(E['m'], r['m']))
    return [hs[:2], hs[:4], hs + '|' + d, s, s + '|' + d, d + '|' + o, bm,
            str(bin_of(E['p'], r['p'])), str(bin_of(E['u'], r['u'])), hs[:4] + '|' + bm]


def logit(p):
    return math.log(p / (1.0 - p))


def solve(A, b):                        # Gaussian elimination, partial pivoting
    A, b, n = A.astype(float).copy(), b.astype(float).copy(), len(b)
    for c in range(n):
        p = max(range(c, n), key=lambda r: abs(A[r, c]))
        A[[c, p]], b[[c, p]] = A[[p, c]], b[[p, c]]
        for r in range(c + 1, n):
            f = A[r, c] / A[c, c]
            A[r, c:] -= f * A[c, c:]
            b[r] -= f * b[c]
    x = np.zeros(n)
    for r in range(n - 1, -1, -1):
        x[r] = (b[r] - A[r, r + 1:] @ x[r + 1:]) / A[r, r]
    return x


def fit(rows):
    M = {'E': {c: edges([r[c] for r in rows]) for c in 'mpu'}}
    n, J = len(rows), len(PARTS)
    y = np.array([r['y'] for r in rows], float)
    size = {}
    for r in rows:
        size[r['block']] = size.get(r['block'], 0) + 1
    w = np.array([1.0 / size[r['block']] if BLOCK else 1.0 for r in rows])
    base = float((w * y).sum() / w.sum())
    K = [keys(r, M['E']) for r in rows]
    tab = [dict() for _ in PARTS]       # key -> [N, S]
    lob = [dict() for _ in PARTS]       # (key, block) -> [N, S]
    for i, r in enumerate(rows):
        for j in range(J):
            for t, k in ((tab[j], K[i][j]), (lob[j], (K[i][j], r['block']))):
                c = t.setdefault(k, [0, 0]); c[0] += w[i]; c[1] += w[i] * r['y']
    X = np.zeros((n, J + 1)); X[:, 0] = 1.0
    for i, r in enumerate(rows):        # increments without the row's own block
        P = [0.0] * J
        for j, (_, par, k) in enumerate(PARTS):
            a, b = tab[j][K[i][j]], lob[j][(K[i][j], r['block'])]
            pp = base if par < 0 else P[par]
            P[j] = (a[1] - b[1] + k * pp) / (a[0] - b[0] + k)
            X[i, j + 1] = logit(P[j]) - logit(pp)
    be = np.zeros(J + 1); be[0] = logit(base)
    R = np.full(J + 1, L2); R[0] = 0.0
    for _ in range(25):                 # Newton
        mu = 1.0 / (1.0 + np.exp(-(X @ be)))
        step = solve((X * (w * mu * (1 - mu))[:, None]).T @ X + np.diag(R), X.T @ (w * (y - mu)) - R * be)
        be += step
        if np.abs(step).max() < 1e-9:
            break
    M.update(base=base, tab=tab, beta=be, blocks={r['block'] for r in rows})
    return M


def explain(M, r):
    """list of (part, key, contribution in nats of log-odds, N, S); score = beta0 + sum"""
    P, out = [0.0] * len(PARTS), []
    for j, ((name, par, k), key) in enumerate(zip(PARTS, keys(r, M['E']))):
        N, S = M['tab'][j].get(key, (0, 0))
        pp = M['base'] if par < 0 else P[par]
        P[j] = (S + k * pp) / (N + k)
        out.append((name, key, M['beta'][j + 1] * (logit(P[j]) - logit(pp)), N, S))
    return out


def score(M, r):
    return M['beta'][0] + sum(c[2] for c in explain(M, r))


def micro(s):                           # integer rank key
    return math.floor(s * 1e6 + 0.5)


def report(name, pairs):
    """pairs: (micro score, id, y)"""
    o = sorted(pairs, key=lambda t: (-t[0], t[1]))
    n, pos, line = len(o), sum(t[2] for t in o), []
    for q in (1, 5, 10):
        k = -(-q * n // 100)            # ceil(q n / 100)
        h = sum(t[2] for t in o[:k])
        line.append('@%d%% k=%d hits=%d P=%.4f R=%.4f' % (q, k, h, h / k, h / pos))
    tp, ap = 0, 0.0
    for i, t in enumerate(o):
        if t[2]:
            tp += 1; ap += tp / (i + 1)
    print('%-34s n=%d base=%.4f  %s  AUPRC=%.4f' % (name, n, pos / n, '  '.join(line), ap / pos))
    return ap / pos


def run(name, a, b):
    M = fit(a)
    S = [(micro(score(M, r)), r['id'], r['y']) for r in b]
    report(name, S)
    new = [s for s, r in zip(S, b) if r['block'] not in M['blocks']]
    if len(new) not in (0, len(S)):
        report('  only rows with no copy in fit part', new)
    return M, S


def fnv(s):
    h = 0xcbf29ce484222325
    for c in s.encode():
        h = ((h ^ c) * 0x100000001b3) & 0xffffffffffffffff
    return h


if __name__ == '__main__':
    tr, va = load('train'), load('valid')
    M, S = run('valid (fit: all train)', tr, va)
    for (nm, par, k), w in zip((('intercept', -1, 0),) + tuple(PARTS), M['beta']):
        print('  weight %-16s %.6f' % (nm, w))
    print('  edges', {c: M['E'][c] for c in 'mpu'})
    with open(os.path.join(HERE, 'valid_scores_block.csv' if BLOCK else 'valid_scores.csv'), 'w') as f:
        f.write('id,score_micro,y,copy_in_train,' + ','.join(p[0] for p in PARTS) + '\n')
        for s, r in zip(S, va):
            f.write('%d,%d,%d,%d,' % (s[1], s[0], s[2], r['block'] in M['blocks']) +
                    ','.join('%.6f' % c[2] for c in explain(M, r)) + '\n')
    top = sorted(S, key=lambda t: (-t[0], t[1]))
    by = {r['id']: r for r in va}
    for t in top[:2] + top[400:402]:
        print('  id', t[1], 'score', t[0] / 1e6, 'fraud', t[2])
        for c in explain(M, by[t[1]]):
            print('     %-16s %-14s %+.3f  (%g of %g)' % (c[0], c[1], c[2], c[4], c[3]))
    if '--splits' in sys.argv:
        for a, b, c in (('2020-04', '2020-04', '2020-07'), ('2020-07', '2020-07', '2020-10'), ('2020-10', '2020-10', '2021')):
            run('time: fit < %s, test to < %s' % (a, c), [r for r in tr if r['Date'] < a],
                [r for r in tr if b <= r['Date'] < c])
        F = [(fnv(r['block']) >> 20) % 5 for r in tr]
        for i in range(5):
            run('block-disjoint fold %d' % i, [r for r, f in zip(tr, F) if f != i], [r for r, f in zip(tr, F) if f == i])
