// expect: PEFT006 at Younger
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] public partial class Elder : LlamaForCausalLM;
[Lora(rank: 4, Name = "b")]
public sealed partial class Younger : Elder;
