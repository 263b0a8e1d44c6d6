// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)]
public sealed partial class Lora : LlamaForCausalLM;
