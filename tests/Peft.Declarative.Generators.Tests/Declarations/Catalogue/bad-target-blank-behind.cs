// expect: PEFT101 at "q_proj "
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Targets = ["q_proj "])]
public sealed partial class Persona : LlamaForCausalLM;
