// expect: PEFT202 at 0.2
using Peft.Declarative;
using Peft.Declarative.Models;
[PTuning(8, Dropout = 0.2)]
public sealed partial class Persona : LlamaForCausalLM;
