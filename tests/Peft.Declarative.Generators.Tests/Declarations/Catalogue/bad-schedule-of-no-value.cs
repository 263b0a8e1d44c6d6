// expect: PEFT202 at (Schedule)12
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] [Training(Schedule = (Schedule)12)]
public sealed partial class Persona : LlamaForCausalLM;
