// expect: PEFT* at "q_proj=2"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, RankPattern = ["q_proj=4", "q_proj=2"])]
public sealed partial class Persona : LlamaForCausalLM;
