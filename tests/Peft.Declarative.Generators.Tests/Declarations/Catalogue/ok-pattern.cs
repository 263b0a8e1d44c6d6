// expect: none
// adapts: q_proj
// leaves: k_proj
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, TargetPattern = @".*\.(q|v)_proj")]
public sealed partial class Persona : LlamaForCausalLM;
