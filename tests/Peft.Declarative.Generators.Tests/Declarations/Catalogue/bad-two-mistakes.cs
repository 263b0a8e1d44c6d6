// expect: PEFT202 at 0
// expect: PEFT101 at "q_porj"
// expect: PEFT202 at -3
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 0, Targets = ["q_porj"])] [Training(Epochs = -3)]
public sealed partial class Persona : LlamaForCausalLM;
