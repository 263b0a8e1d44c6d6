// expect: PEFT110 at ExcludePattern = ".*k_proj"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Exclude = ["q_proj"], ExcludePattern = ".*k_proj")]
public sealed partial class Persona : LlamaForCausalLM;
