// expect: none
// config: bert-tiny.json
// run: bert-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[ParallelBottleneck(reduction: 4)] [BaseConfig("configs/bert-tiny.json")]
public sealed partial class Sentiment : BertForSequenceClassification;
