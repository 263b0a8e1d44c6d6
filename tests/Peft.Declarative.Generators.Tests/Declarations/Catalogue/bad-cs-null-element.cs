// expect: PEFT*|CS8625 at null
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Targets = ["q_proj", null!])]
public sealed partial class Persona : LlamaForCausalLM;
