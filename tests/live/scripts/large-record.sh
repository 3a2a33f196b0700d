head -c 1400000 /dev/urandom > $C/words/big.bin
r $A install one $C/words
k get cm,secret -o name
rm $C/words/big.bin
r $A install one $C/words
head -c 1400000 /dev/urandom > $C/words/big.bin
r $B upgrade one $C/words --set word=two
k get cm one-0 -o jsonpath='{.data.word}'; echo
r $B history one
