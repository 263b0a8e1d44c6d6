// expect: PEFT107 at "q_proj=16"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Targets = ["q_proj", "v_proj"], RankPattern = ["q_proj=4", "q_proj=16"])]
public sealed partial class Persona : LlamaForCausalLM;
