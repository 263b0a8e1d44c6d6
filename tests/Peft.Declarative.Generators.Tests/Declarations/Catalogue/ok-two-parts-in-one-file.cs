// expect: none
// adapts: q_proj, up_proj
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] public sealed partial class Persona : LlamaForCausalLM;
[Lora(rank: 4, Name = "b", Targets = ["up_proj"])] public sealed partial class Persona;
