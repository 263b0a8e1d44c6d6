// expect: none
// adapts: q_proj, down_proj
// leaves: k_proj
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Targets = [nameof(LlamaAttention.q_proj), nameof(LlamaMlp.down_proj)])]
public sealed partial class Persona : LlamaForCausalLM;
