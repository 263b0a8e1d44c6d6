// expect: PEFT111 at "lm_head"#2
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, ModulesToSave = ["lm_head", "lm_head"])]
public sealed partial class Persona : LlamaForCausalLM;
