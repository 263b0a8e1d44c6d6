// expect: none
// adapts: layers.0.self_attn.q_proj.poly_lora_A, layers.1.mlp.down_proj.poly_router.module_logits
using Peft.Declarative;
using Peft.Declarative.Models;
[Poly(rank: 2, skills: 2, splits: 2, Targets = ["q_proj", "down_proj"])]
[Training(Epochs = 4)]
public sealed partial class Persona : LlamaForCausalLM;
