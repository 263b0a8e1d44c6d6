// expect: PEFT202|PEFT203 at "q_proj=0"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, RankPattern = ["q_proj=0"])]
public sealed partial class Persona : LlamaForCausalLM;
