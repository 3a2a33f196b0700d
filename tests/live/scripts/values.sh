cat > $T/v.yaml <<'V'
word: file
map: {a: null, d: [x]}
V
r $A install one $C/words -f $T/v.yaml --set count=1
r $B get values one
r $B get values one -a -o json
r $B upgrade one $C/words --reuse-values --set map.b.c=9
r $B get values one -o yaml
r $A upgrade one $C/words --reset-then-reuse-values --set list=null
r $A get values one
r $A upgrade one $C/words --reset-values
r $A get values one
r $A get values one --all
r $A upgrade one $C/words --reset-values --reuse-values --set word=both
r $A get values one
r $A upgrade one $C/words --reuse-values --reset-then-reuse-values --set word=three
r $A get values one
r $A upgrade one $C/words
r $A get values one
r $A upgrade one $C/words --set-json 'map={"n":1.50,"m":1e3}' --set-literal 'word=a,b' --set-string list[0]=007
r $A get values one
r $B rollback one 1
r $B get values one
r $B get values one --revision 3
r $B get values one --revision 99
r $B get values nothing
r $B upgrade one $C/words -f $T/none.yaml
r $B upgrade one $C/words --set 'a[b=c' --dry-run=client --hide-notes
sed -i 's/word: one/word: new default/' $C/words/values.yaml
r $A upgrade one $C/words --reuse-values
k get cm one-0 -o jsonpath='{.data.word}'; echo
r $A upgrade one $C/words --reset-then-reuse-values
k get cm one-0 -o jsonpath='{.data.word}'; echo
