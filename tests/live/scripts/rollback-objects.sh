r $A install one $C/words --set count=3
r $A upgrade one $C/words --set count=1,word=two
k delete cm one-0 >/dev/null
r $B rollback one 1
k get cm -o name
k patch cm one-1 --type merge -p '{"data":{"word":"edited"}}' >/dev/null
r $B rollback one 1
r $B rollback one 1 --force-conflicts
k get cm one-1 -o jsonpath='{.data.word}'; echo
k patch cm one-1 --type merge -p '{"data":{"more":"edited"}}' >/dev/null
r $A rollback one 2
r $A rollback one 2
k get cm one-1
r $A history one
