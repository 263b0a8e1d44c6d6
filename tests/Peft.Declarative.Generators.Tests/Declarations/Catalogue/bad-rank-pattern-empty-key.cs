// expect: PEFT203|PEFT107 at "=4"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, RankPattern = ["=4"])]
public sealed partial class Persona : LlamaForCausalLM;
