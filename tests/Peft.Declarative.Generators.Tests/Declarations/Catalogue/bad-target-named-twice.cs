// expect: PEFT111 at "q_proj"#2
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Targets = ["q_proj", "v_proj", "q_proj"])]
public sealed partial class Persona : LlamaForCausalLM;
