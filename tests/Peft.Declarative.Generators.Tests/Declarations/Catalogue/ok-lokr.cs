// expect: none
// adapts: c_attn
// run: gpt2-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[LoKr(rank: 2, DecomposeFactor = 4, DecomposeBoth = true, RankDropout = 0.1, RankDropoutScale = true, Init = LoKrInit.Lycoris)]
[Training(Epochs = 4)]
public sealed partial class Persona : Gpt2ForCausalLM;
