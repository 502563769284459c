import { Type } from 'typebox'

/** With a change whose plan was shown before: that nothing but that plan is carried out. */
export const PlanVersion = Type.Optional(
  Type.String({ maxLength: 100, description: 'The version of the plan that was looked at; another one is refused.' }),
)
