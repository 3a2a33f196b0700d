r $A install one $C/hooks --set logs=hook-succeeded
r $B upgrade one $C/hooks --set logs=hook-failed,fail=post-upgrade --timeout 300s
r $B upgrade one $C/hooks --set kind=Job,logs='hook-succeeded\,hook-failed'
r $B uninstall one
