r $A install one $C/words --set word=a --labels x=1
r $A rollback one
r $A upgrade one $C/words --set word=b --labels x=2
r $B rollback one --dry-run
r $B rollback one --dry-run=server
r $B rollback one --dry-run=none --description "back again"
r $A history one
r $A rollback one 99
r $A rollback one -- -1
r $A rollback one x
r $A rollback nothing
r $A rollback one 1 --description "$(printf 'x%.0s' $(seq 257))"
r $A rollback one 1 --server-side=maybe
r $A rollback one 1 --force-replace
r $A rollback one 1 --force-replace --server-side=false
r $A rollback one 2 --force-conflicts
r $A rollback one 2 --force-conflicts --server-side=false
r $B rollback one 1 --no-hooks --wait --timeout 300s
r $B rollback one 0
k get cm one-0 -o jsonpath='{.data.word}'; echo
r $B list -l x=1
r $B get metadata one
r $A rollback one 1 --wait=sometimes
r $A rollback one 1 extra
r $A rollback
