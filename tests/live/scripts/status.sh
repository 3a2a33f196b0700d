r $A install one $C/app --set cache.enabled=true
until_ready deploy/one-app '{.status.readyReplicas}' 1
until_ready sts/one-cache '{.status.readyReplicas}' 1
r $B status one
r $B status one --revision 1
r $B status one --revision 7
r $B status nothing
r $B status Bad_Name
q $A install two $C/words
r $B status two -o yaml
k delete cm one-app >/dev/null
r $B status one
r $B upgrade one $C/app
r $B status one --revision 1
r $B status one --show-desc
r $B status
