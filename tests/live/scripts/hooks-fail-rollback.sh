r $A install one $C/hooks --set events='{pre-rollback,post-upgrade},fail=pre-rollback'
r $A upgrade one $C/hooks --set events='{post-rollback},text=two'
r $B rollback one 1 --timeout 300s
r $B history one
r $A upgrade one $C/hooks
r $A rollback one 1 --no-hooks
r $A uninstall one
r $A install two $C/hooks --set events='{post-rollback},fail=post-rollback'
r $A upgrade two $C/hooks --set events='{post-rollback},text=two'
r $B rollback two --timeout 300s
r $B history two
r $B list --pending
r $B upgrade two $C/hooks --install
r $A uninstall two
