// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Training(Epochs = 1)]
public sealed partial class Tensor : LlamaForCausalLM;
