// expect: PEFT202 at 65
// config: roberta-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 2)] [Training(MaxLength = 65)] [BaseConfig("configs/roberta-tiny.json")]
public sealed partial class Mood : RobertaForSequenceClassification;
