# a label or an annotation that becomes null: an empty text, as in an install
chart() {
  rm -rf c && mkdir -p c/templates && printf 'apiVersion: v2\nname: c\nversion: 0.1.0\n' > c/Chart.yaml
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, labels: %s, annotations: %s}\ndata: {k: v}\n' "$1" "$2" "$3" > c/templates/c.yaml
}
look() { k get cm "$1" -o jsonpath='{.metadata.labels}{"\n"}{.metadata.annotations}{"\n"}'; echo; }
for side in true false; do
  chart "x-$side" '{l: "1"}' '{a: "1"}'
  r $A install "r-$side" c --server-side=$side
  chart "x-$side" '{l: null, n: null}' '{a: null, n: null}'
  r $B upgrade "r-$side" c
  look "x-$side"
  chart "x-$side" null null
  r $A upgrade "r-$side" c
  look "x-$side"
  r $B rollback "r-$side" 2
  look "x-$side"
  chart "y-$side" '{l: null}' '{a: null}'
  r $A install "s-$side" c --server-side=$side
  look "y-$side"
  r $B get manifest "s-$side"
done
