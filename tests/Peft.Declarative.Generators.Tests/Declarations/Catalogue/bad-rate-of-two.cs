// expect: PEFT205 at 2.0
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] [Training(LearningRate = 2.0)]
public sealed partial class Persona : LlamaForCausalLM;
