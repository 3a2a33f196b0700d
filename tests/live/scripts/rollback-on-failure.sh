r $A install one $C/hooks --set events='{pre-upgrade,post-upgrade,post-install}' --set fail=post-install --rollback-on-failure --timeout 300s
r $A history one
k get cm -o name
r $A install one $C/hooks
r $B upgrade one $C/hooks --set events='{pre-upgrade,post-upgrade,post-install}' --set fail=post-upgrade,text=two --rollback-on-failure --timeout 300s
r $B history one
k get cm one-text -o jsonpath='{.data.text}'; echo
r $B upgrade one $C/hooks --set events='{pre-upgrade,post-upgrade,post-install}' --set fail=pre-upgrade,text=three --atomic --timeout 300s
r $A history one --show-rollback-revision
r $A status one
r $A install two $C/words --rollback-on-failure --set-literal extra='---
apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec: {containers: [{name: c, image: x}]}' --timeout 3s
r $A status two
