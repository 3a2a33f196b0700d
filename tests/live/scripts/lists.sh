i=0
t() { i=$((i+1)); r $A install "l$i" $C/words --set-literal "extra=---
$1"; k get configmaps,roles -o name; r $B upgrade "l$i" $C/words --set-literal "extra=---
$1" --set word=other; state; q $B uninstall "l$i"; }
t 'apiVersion: v1
kind: ConfigMapList
items:
- metadata: {name: a}
- metadata: {name: b}'
t 'apiVersion: rbac.authorization.k8s.io/v1
kind: RoleList
items:
- metadata: {name: a}
  rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]'
for items in '' '[]' 'null' '{}' '1' '[1]' '[null]' '[[]]' '[{}]' '[{metadata: {name: a}}]' \
  '[{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]' \
  '[{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]}]' \
  '[{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}}]}]'; do
  t "apiVersion: v1
kind: List
items: $items"
done
for item in '{kind: ConfigMap, metadata: {name: a}}' '{apiVersion: v1, metadata: {name: a}}' \
  '{metadata: {name: a, annotations: {helm.sh/hook: pre-install}}}'; do
  t "apiVersion: v1
kind: ConfigMapList
items: [$item]"
done
for items in '[]' '[{metadata: {name: q}}]' 'null'; do
  t "apiVersion: v1
kind: ConfigMap
metadata: {name: a}
items: $items"
done
t 'apiVersion: nope/v1
kind: FooList
items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]'
t 'apiVersion: v1
kind: Lister
items: []'
