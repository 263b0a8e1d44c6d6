// expect: none
// adapts: layers.0.self_attn.q_proj.hada_w1_a, layers.1.mlp.down_proj.hada_w2_b
using Peft.Declarative;
using Peft.Declarative.Models;
[LoHa(rank: 2, Alpha = 4, RankDropout = 0.1, ModuleDropout = 0.1, Targets = ["q_proj", "down_proj"], RankPattern = ["down_proj=3"], AlphaPattern = ["down_proj=3"])]
[Training(Epochs = 4)]
public sealed partial class Persona : LlamaForCausalLM;
