// expect: none
// config: t5-tiny.json
// run: t5-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [BaseConfig("configs/t5-tiny.json")]
public sealed partial class Persona : T5ForConditionalGeneration;
