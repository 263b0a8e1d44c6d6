// expect: PEFT202 at 0
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Alpha = 0)]
public sealed partial class Persona : LlamaForCausalLM;
