// output: exe
// expect: PEFT006 at PeftApp#1
// expect: PEFT006 at PeftApp#2
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] [PeftApp] public sealed partial class A : LlamaForCausalLM;
[Lora(rank: 8)] [PeftApp]
public sealed partial class B : LlamaForCausalLM;
