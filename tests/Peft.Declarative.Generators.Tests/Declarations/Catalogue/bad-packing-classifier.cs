// expect: PEFT310 at true
// run: bert-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Training(Packing = true)] public sealed partial class Sentiment : BertForSequenceClassification;
