// expect: PEFT101 at "q_proj.weight"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Targets = ["q_proj.weight"])]
public sealed partial class Persona : LlamaForCausalLM;
