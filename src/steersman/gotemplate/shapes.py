"""The commonest shapes of actions, all well formed: ``quick`` has not to ask the parser for them.

Found by counting the shapes in public charts. ``quick`` explains the letters; a test has the parser read an example of
each.
"""

from __future__ import annotations

SHAPES = frozenset(
    """
{{ (f s A) | f }}
{{ A | f i }}
{{ A | f }}
{{ A }}
{{ E s }}
{{ G -}}
{{ G I f d s }}
{{ G }}
{{ H -}}
{{ H }}
{{ I (f d)d -}}
{{ I (f s V) }}
{{ I V -}}
{{ I V }}
{{ I d -}}
{{ I d }}
{{ I f (f d s) (f d s) (f d s) }}
{{ I f d d }}
{{ I f d s }}
{{ I f d }}
{{ I f s A }}
{{ I f v s }}
{{ I v -}}
{{ I v }}
{{ K V }}
{{ K d }}
{{ K v, v := d }}
{{ K v, v := v -}}
{{ K v, v := v }}
{{ L s (f s (f d v) s d) }}
{{ L s A }}
{{ L s d }}
{{ L s v }}
{{ M d }}
{{ V | f V }}
{{ V | f i }}
{{ V | f s | f }}
{{ V | f s }}
{{ V | f v }}
{{ V | f | f i }}
{{ V | f | f }}
{{ V | f }}
{{ V }}
{{ d | f (f d)d }}
{{ d | f (f s A) }}
{{ d | f b }}
{{ d | f d }}
{{ d | f i -}}
{{ d | f i }}
{{ d | f s -}}
{{ d | f s s }}
{{ d | f s | f }}
{{ d | f s }}
{{ d | f v }}
{{ d | f | f i }}
{{ d | f | f }}
{{ d | f }}
{{ d | f}}
{{ d }}
{{ d}}
{{ f (f (f s (f s d s d) | f) s s) (f s (f s d) s d ) | f }}
{{ f (f A) v | f i }}
{{ f (f A) v }}
{{ f (f V s) A | f }}
{{ f (f d) A | f i }}
{{ f (f s (f s A)) d }}
{{ f (f s A) d | f }}
{{ f (f s A) d }}
{{ f (f s V) V | f }}
{{ f (f s v) V | f }}
{{ f A v | f }}
{{ f A v }}
{{ f A | f i }}
{{ f A }}
{{ f V V }}
{{ f V d }}
{{ f V v }}
{{ f V | f i }}
{{ f V | f }}
{{ f V }}
{{ f d A | f i }}
{{ f d A }}
{{ f d d | f }}
{{ f d d }}
{{ f d d}}
{{ f d i }}
{{ f d v | f }}
{{ f d v }}
{{ f d | f i }}
{{ f d | f i}}
{{ f d | f }}
{{ f d }}
{{ f i d }}
{{ f i | f | f }}
{{ f s ( f s v ) }}
{{ f s (f d A) }}
{{ f s (f s A s v) }}
{{ f s (f s A) | f i | f s }}
{{ f s (f s A) }}
{{ f s (f s d s d) }}
{{ f s (f s d s v) }}
{{ f s (f s d) }}
{{ f s (f s v s s s V s v) }}
{{ f s A | f i }}
{{ f s A | f | f }}
{{ f s A | f }}
{{ f s A }}
{{ f s V | f }}
{{ f s V }}
{{ f s d | f | f }}
{{ f s d | f }}
{{ f s d }}
{{ f s s (f d d) | f }}
{{ f s s d | f }}
{{ f s s d }}
{{ f s v v v | f | f }}
{{ f s v v }}
{{ f s v | f i }}
{{ f s v | f | f }}
{{ f s v | f }}
{{ f s v }}
{{ f s v| f }}
{{ f s | f | f }}
{{ f s }}
{{ f v s s s | f | f }}
{{ f v s }}
{{ f v v | f }}
{{ f v v }}
{{ f v | f i }}
{{ f v | f s | f i }}
{{ f v | f s }}
{{ f v | f | f }}
{{ f v | f }}
{{ f v }}
{{ s }}
{{ v := d }}
{{ v := f -}}
{{ v := f A i }}
{{ v | f i }}
{{ v | f s s }}
{{ v | f s }}
{{ v | f | f i }}
{{ v | f | f }}
{{ v | f }}
{{ v }}
{{- (f s ( f s v s V )) | f i }}
{{- (f s ( f s v s d )) | f i }}
{{- A | f i }}
{{- A | f i}}
{{- A | f | f i }}
{{- E s -}}
{{- E s }}
{{- G -}}
{{- G I (f (f (f v) i) (f (f v) i)) -}}
{{- G I V }}
{{- G I d -}}
{{- G I d }}
{{- G I f (f V s) (f V s) }}
{{- G I f (f d b) }}
{{- G I f (f d v) -}}
{{- G I f (f s d) (f s d) }}
{{- G I f (f s v) (f s v) (f s v) -}}
{{- G I f (f s v) (f s v) -}}
{{- G I f (f v s) -}}
{{- G I f (f v) i -}}
{{- G I f V s }}
{{- G I f d (f d d) }}
{{- G I f d d }}
{{- G I f d s -}}
{{- G I f d s }}
{{- G I f d v -}}
{{- G I f d }}
{{- G I f s V }}
{{- G I f s d -}}
{{- G I f s d }}
{{- G I f s v -}}
{{- G I f s v }}
{{- G I f v s -}}
{{- G I f v s }}
{{- G I f v v }}
{{- G I v }}
{{- G }}
{{- G}}
{{- H -}}
{{- H }}
{{- H}}
{{- I (((d)d)d) -}}
{{- I (d)d }}
{{- I (f (f d s) (f (f d))) }}
{{- I (f (f v s | f) i) -}}
{{- I (f (f v s) (f (f V))) }}
{{- I (f (f v s) (f v)) }}
{{- I (f (f v)) -}}
{{- I (f (f v)) }}
{{- I (f V s) -}}
{{- I (f d d) }}
{{- I (f d s) }}
{{- I (f d) }}
{{- I (f s A ) }}
{{- I (f s A) }}
{{- I (f s d) }}
{{- I (f s v) -}}
{{- I (f v s) -}}
{{- I (f v s) }}
{{- I A -}}
{{- I V -}}
{{- I V }}
{{- I d -}}
{{- I d s -}}
{{- I d s }}
{{- I d }}
{{- I d}}
{{- I f ( V | f s ) s }}
{{- I f ( f ( d )) s }}
{{- I f ( f V s ) ( f V s ) ( f V s ) }}
{{- I f ( f d s ) ( f d s ) ( f d s ) }}
{{- I f (((d)d)d) (f d) -}}
{{- I f (d) (d) }}
{{- I f (d) (f d) }}
{{- I f (f (f (f v) i) (f (f v) i)) (((d)d)d) -}}
{{- I f (f (f d s) (f d s)) (f (f d)) }}
{{- I f (f (f d s) (f d s)) d }}
{{- I f (f (f d)) (f (f d)) }}
{{- I f (f (f s d d) v) -}}
{{- I f (f (f v) i) (f (f v) (f v)) -}}
{{- I f (f (f v)) (f s v) -}}
{{- I f (f (f v)) (f v s) }}
{{- I f (f A s) (f A s) -}}
{{- I f (f V s) (f V s) }}
{{- I f (f V s) -}}
{{- I f (f V) (f v (f s v)) -}}
{{- I f (f V) i }}
{{- I f (f d b) }}
{{- I f (f d d) (f d) -}}
{{- I f (f d d) }}
{{- I f (f d s) (d) }}
{{- I f (f d s) (f (f d s) (f s d)) -}}
{{- I f (f d s) (f (f d)) }}
{{- I f (f d s) (f d s) -}}
{{- I f (f d s) (f d s) }}
{{- I f (f d s) d }}
{{- I f (f d s) }}
{{- I f (f d) (f d) -}}
{{- I f (f d) (f d) }}
{{- I f (f d) d }}
{{- I f (f d) i -}}
{{- I f (f d) i }}
{{- I f (f d) }}
{{- I f (f s A) -}}
{{- I f (f s A) d }}
{{- I f (f s A) s -}}
{{- I f (f s A) s }}
{{- I f (f s A) }}
{{- I f (f s V) s }}
{{- I f (f s d) -}}
{{- I f (f s d) }}
{{- I f (f s v) -}}
{{- I f (f s v) }}
{{- I f (f v s) (f d d) }}
{{- I f (f v s) (f v s) }}
{{- I f (f v s) -}}
{{- I f (f v s) V -}}
{{- I f (f v s) d }}
{{- I f (f v s) s }}
{{- I f (f v v) -}}
{{- I f (f v v) }}
{{- I f (f v) (d d) -}}
{{- I f (f v) (f s v) -}}
{{- I f (f v) -}}
{{- I f (f v) i -}}
{{- I f (f v) }}
{{- I f (v) (v) }}
{{- I f A s -}}
{{- I f A s }}
{{- I f V (f (f s V) s) (f V) -}}
{{- I f V -}}
{{- I f V V -}}
{{- I f V V V }}
{{- I f V V }}
{{- I f V s -}}
{{- I f V s }}
{{- I f V v -}}
{{- I f V v }}
{{- I f V }}
{{- I f d ( f d ) }}
{{- I f d (f (f d s)) }}
{{- I f d (f (f d) i) }}
{{- I f d (f (f s d)) }}
{{- I f d (f d d) }}
{{- I f d (f d s) }}
{{- I f d (f d) -}}
{{- I f d (f d) }}
{{- I f d (f s A) }}
{{- I f d (f s V) }}
{{- I f d (f s d) }}
{{- I f d -}}
{{- I f d b }}
{{- I f d d (f d s) }}
{{- I f d d (f d) -}}
{{- I f d d (f d) }}
{{- I f d d -}}
{{- I f d d d -}}
{{- I f d d d d d d }}
{{- I f d d d d }}
{{- I f d d d }}
{{- I f d d }}
{{- I f d d}}
{{- I f d s -}}
{{- I f d s }}
{{- I f d s}}
{{- I f d v -}}
{{- I f d }}
{{- I f s (d | f ) }}
{{- I f s (f d) }}
{{- I f s (f s A) -}}
{{- I f s (f s V) -}}
{{- I f s A -}}
{{- I f s A }}
{{- I f s V -}}
{{- I f s V }}
{{- I f s d -}}
{{- I f s d }}
{{- I f s v -}}
{{- I f s v }}
{{- I f v (f v d) -}}
{{- I f v (f v s) }}
{{- I f v -}}
{{- I f v V }}
{{- I f v d -}}
{{- I f v d }}
{{- I f v i }}
{{- I f v s -}}
{{- I f v s }}
{{- I f v v -}}
{{- I f v v }}
{{- I f v }}
{{- I v -}}
{{- I v }}
{{- K ((V)d) -}}
{{- K ((d)d) -}}
{{- K (f v v) -}}
{{- K A }}
{{- K V -}}
{{- K V }}
{{- K d -}}
{{- K d }}
{{- K v -}}
{{- K v := A }}
{{- K v := V -}}
{{- K v := V }}
{{- K v := d }}
{{- K v := f (f d) }}
{{- K v := f v }}
{{- K v := v -}}
{{- K v := v }}
{{- K v | f }}
{{- K v }}
{{- K v, v := (f d | f | f) }}
{{- K v, v := A -}}
{{- K v, v := A }}
{{- K v, v := V -}}
{{- K v, v := V }}
{{- K v, v := d -}}
{{- K v, v := d }}
{{- K v, v := v -}}
{{- K v, v := v }}
{{- L s A }}
{{- M (f (V | f f) (f s v | f)) }}
{{- M (f (d | f f) (f s v | f)) }}
{{- M (f d (f s A | f)) }}
{{- M (f d d) }}
{{- M (f s A | f) }}
{{- M (f s A) }}
{{- M V -}}
{{- M V }}
{{- M d -}}
{{- M d }}
{{- M d}}
{{- M f (s) A }}
{{- M f s A }}
{{- M v -}}
{{- M v }}
{{- V | f | f i }}
{{- b -}}
{{- d -}}
{{- d | f -}}
{{- d | f i | f s -}}
{{- d | f i | f s }}
{{- d | f i }}
{{- d | f | f i }}
{{- d }}
{{- f (d | f) d }}
{{- f (d | f) v -}}
{{- f (f (f s v)) s | f | f i -}}
{{- f (f A) v | f i }}
{{- f (f A) v }}
{{- f (f d d) ((d)d) -}}
{{- f (f d) A | f i -}}
{{- f (f d) A | f i }}
{{- f (f s A) d -}}
{{- f (f s A) d }}
{{- f (f s d d) }}
{{- f (f s d) -}}
{{- f (f s d) }}
{{- f (f s v s) (f (f s d) d) }}
{{- f (f s v) -}}
{{- f (f s v) | f i -}}
{{- f (f s v) }}
{{- f (f v) v | f i }}
{{- f A v }}
{{- f A | f i }}
{{- f V | f i }}
{{- f d (f d v) | f i | f s -}}
{{- f d -}}
{{- f d d -}}
{{- f d d | f -}}
{{- f d d | f i | f s -}}
{{- f d d | f i | f s }}
{{- f d d }}
{{- f d s | f | f i }}
{{- f d | f i }}
{{- f d | f i}}
{{- f d }}
{{- f i A }}
{{- f i v | f s -}}
{{- f s ( f s V s v ) | f i }}
{{- f s ( f s d s v ) | f i }}
{{- f s ( f s d s v) | f i }}
{{- f s ( f s v s v ) | f i }}
{{- f s ( f s v s v) | f i }}
{{- f s (A | f | f s s | f i) s -}}
{{- f s (f d v) -}}
{{- f s (f d) -}}
{{- f s (f s (f d d d) s v) }}
{{- f s (f s (f d s) s v) | f i }}
{{- f s (f s A s s) | f i }}
{{- f s (f s A s v) | f i }}
{{- f s (f s A) (f s A) | f i | f s -}}
{{- f s (f s A) -}}
{{- f s (f s A) d | f i | f s -}}
{{- f s (f s A) | f i | f s -}}
{{- f s (f s d d) -}}
{{- f s (f s d s A) | f i }}
{{- f s (f s d s d s d s V) -}}
{{- f s (f s d s d s d) | f i }}
{{- f s (f s d s d) -}}
{{- f s (f s d s d) | f i }}
{{- f s (f s d s s s v s v) | f i }}
{{- f s (f s d s v) | f i }}
{{- f s (f s d) | f i }}
{{- f s (f s v s V) -}}
{{- f s (f s v s d) -}}
{{- f s (f s v) -}}
{{- f s -}}
{{- f s A -}}
{{- f s A | f i -}}
{{- f s A | f i }}
{{- f s A | f i}}
{{- f s A | f | f i }}
{{- f s A }}
{{- f s V V V -}}
{{- f s V | f -}}
{{- f s d (f s (f v)) | f -}}
{{- f s d -}}
{{- f s d d | f s s | f i | f s -}}
{{- f s d d | f s s | f i | f s }}
{{- f s d v | f i | f s -}}
{{- f s d v | f i | f s }}
{{- f s d | f i }}
{{- f s d | f s -}}
{{- f s d }}
{{- f s s -}}
{{- f s v -}}
{{- f s v d -}}
{{- f s v v -}}
{{- f s v v v -}}
{{- f s v v v v -}}
{{- f s v v v }}
{{- f s v v | f i | f s -}}
{{- f s v | f -}}
{{- f s v | f i -}}
{{- f s v | f i }}
{{- f s v }}
{{- f s }}
{{- f v -}}
{{- f v d | f -}}
{{- f v d }}
{{- f v s | f -}}
{{- f v v v | f }}
{{- f v v | f -}}
{{- f v | f -}}
{{- f v | f i }}
{{- f v }}
{{- s -}}
{{- v -}}
{{- v := ((d)d) -}}
{{- v := (d)d | f d | f (d)d | f s -}}
{{- v := (f (f s v) V) }}
{{- v := (f d)d | f s -}}
{{- v := (f s d) -}}
{{- v := (f s s (f s d) d) }}
{{- v := (f s s (f s d) d)d -}}
{{- v := (f s s (f s d) d)d }}
{{- v := (f s v) -}}
{{- v := A -}}
{{- v := A }}
{{- v := V -}}
{{- v := V | f -}}
{{- v := V | f V }}
{{- v := V | f f -}}
{{- v := V | f f }}
{{- v := V | f s -}}
{{- v := V }}
{{- v := b -}}
{{- v := b }}
{{- v := d -}}
{{- v := d | f -}}
{{- v := d | f V }}
{{- v := d | f d -}}
{{- v := d | f f -}}
{{- v := d | f f }}
{{- v := d | f s -}}
{{- v := d | f s }}
{{- v := d | f }}
{{- v := d }}
{{- v := f (f (f i)) (f i) (f (f i)) | f s }}
{{- v := f (f V i) s (f s v s v) -}}
{{- v := f (f d d) d | f -}}
{{- v := f (f d s) -}}
{{- v := f (f s A) -}}
{{- v := f (f s A) s -}}
{{- v := f (f s d d d) -}}
{{- v := f (f s v) -}}
{{- v := f (f) d -}}
{{- v := f -}}
{{- v := f A i -}}
{{- v := f A i }}
{{- v := f A s (f v) -}}
{{- v := f A s -}}
{{- v := f A s }}
{{- v := f V (f s (f s v)) -}}
{{- v := f V (f s (f s v)) }}
{{- v := f V -}}
{{- v := f V V -}}
{{- v := f V V }}
{{- v := f V s -}}
{{- v := f V s V }}
{{- v := f V s v }}
{{- v := f V s }}
{{- v := f V v -}}
{{- v := f V v }}
{{- v := f d ((d)d) -}}
{{- v := f d (f s A) -}}
{{- v := f d -}}
{{- v := f d J (f d) i v }}
{{- v := f d d -}}
{{- v := f d d }}
{{- v := f d s -}}
{{- v := f d s d}}
{{- v := f d s v -}}
{{- v := f d s }}
{{- v := f d v -}}
{{- v := f d }}
{{- v := f i d }}
{{- v := f i }}
{{- v := f s ( f s ( f d d ) s A ) }}
{{- v := f s ( f s ( f d v ) s A ) }}
{{- v := f s (f s A s V ) }}
{{- v := f s (f s A) -}}
{{- v := f s (f s A) s -}}
{{- v := f s (f s A) }}
{{- v := f s (f s d s V) }}
{{- v := f s (f s d s d) }}
{{- v := f s (f s d) (f d) }}
{{- v := f s (f s d) s (f s d) s d s d -}}
{{- v := f s (f s s s d) -}}
{{- v := f s (f s v s V) }}
{{- v := f s (f s v s d) }}
{{- v := f s A -}}
{{- v := f s A | f -}}
{{- v := f s A | f }}
{{- v := f s A }}
{{- v := f s V -}}
{{- v := f s V }}
{{- v := f s b -}}
{{- v := f s d -}}
{{- v := f s d | f d (d | f) }}
{{- v := f s d }}
{{- v := f s i }}
{{- v := f s s s -}}
{{- v := f s s s s }}
{{- v := f s v -}}
{{- v := f s v V }}
{{- v := f s v d -}}
{{- v := f s v s d s d s v s V -}}
{{- v := f s v s d s s -}}
{{- v := f s v s v -}}
{{- v := f s v s }}
{{- v := f s v v }}
{{- v := f s v }}
{{- v := f v (f s A) -}}
{{- v := f v -}}
{{- v := f v J v i v }}
{{- v := f v s (f s A) -}}
{{- v := f v s (f s V) -}}
{{- v := f v s (f s v) -}}
{{- v := f v s (f v s) -}}
{{- v := f v s (f v) }}
{{- v := f v s -}}
{{- v := f v s A -}}
{{- v := f v s V -}}
{{- v := f v s V }}
{{- v := f v s b -}}
{{- v := f v s b }}
{{- v := f v s f -}}
{{- v := f v s s -}}
{{- v := f v s s }}
{{- v := f v s v -}}
{{- v := f v s v }}
{{- v := f v s }}
{{- v := f v v -}}
{{- v := f v v A -}}
{{- v := f v v v -}}
{{- v := f v v }}
{{- v := f v }}
{{- v := f }}
{{- v := s -}}
{{- v := s }}
{{- v := v -}}
{{- v := v }}
{{- v = ( f v A ) -}}
{{- v = (f s (f s v) V) -}}
{{- v = (f s (f s v) v) -}}
{{- v = (f v d) -}}
{{- v = A -}}
{{- v = A }}
{{- v = V -}}
{{- v = V }}
{{- v = b -}}
{{- v = b }}
{{- v = d -}}
{{- v = d | f -}}
{{- v = d | f | f -}}
{{- v = d }}
{{- v = f (f d)d v -}}
{{- v = f (v | f) d }}
{{- v = f V (f s (f s (f s A) s v)) -}}
{{- v = f d V -}}
{{- v = f d v -}}
{{- v = f s (f s A s V s V) | f | f v -}}
{{- v = f s A -}}
{{- v = f s V -}}
{{- v = f s d v -}}
{{- v = f s v V -}}
{{- v = f s v d | f i | f s -}}
{{- v = f s v v | f | f }}
{{- v = f s v }}
{{- v = f v ( f A ) -}}
{{- v = f v (f s (f s A s v)) -}}
{{- v = f v (f s (f s d s v)) -}}
{{- v = f v (f s A) -}}
{{- v = f v (f s d d d) -}}
{{- v = f v (f s v s (f v v)) -}}
{{- v = f v (f s v s (v | f)) -}}
{{- v = f v (f s v s V) -}}
{{- v = f v (f s v s v) -}}
{{- v = f v (f s v) }}
{{- v = f v A -}}
{{- v = f v A }}
{{- v = f v d -}}
{{- v = f v d | f }}
{{- v = f v d }}
{{- v = f v s -}}
{{- v = f v s s s -}}
{{- v = f v s }}
{{- v = f v v -}}
{{- v = f v v }}
{{- v = f v | f -}}
{{- v = f v }}
{{- v = s -}}
{{- v = s }}
{{- v = v -}}
{{- v = v | f }}
{{- v = v }}
{{- v | f -}}
{{- v | f i -}}
{{- v | f i | f s -}}
{{- v | f i }}
{{- v | f | f i }}
{{- v | f }}
{{- v }}
{{A}}
{{H -}}
{{H}}
{{d}}
{{f s A}}
{{f s v | f }}
{{s}}
""".strip().split("\n")
)
