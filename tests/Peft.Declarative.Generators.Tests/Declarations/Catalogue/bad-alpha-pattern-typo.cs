// expect: PEFT107 at "q_porj=4"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, AlphaPattern = ["q_porj=4"])]
public sealed partial class Persona : LlamaForCausalLM;
